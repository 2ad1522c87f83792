import type { Co } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { shareCommands } from './support/shared-commands.js';
import { user } from './support/view-thread.js';

test('100 calls at once come to the home thread in one turn of it, and so do their answers', async () => {
  let turns = 0;
  let inTurn = false;
  const thread = await shareCommands(function* (): Co<unknown> {
    if (!inTurn) {
      inTurn = true;
      turns++;
      queueMicrotask(() => {
        inTurn = false;
      });
    }
    return undefined;
  });
  expect(await thread.run(user, 'turnsOfAnswers', 100)).toEqual({ answers: 100, turns: 1 });
  expect(turns).toBe(1);
  // Those that an answer lets ask again: as one, too.
  expect(await thread.run(user, 'turnsOfSecondAnswers', 100)).toEqual({ answers: 100, turns: 1 });
  expect(turns).toBeLessThanOrEqual(3);
});
