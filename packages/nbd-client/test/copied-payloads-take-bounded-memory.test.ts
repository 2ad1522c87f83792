import { aioCoKick, type Co, type Coroutine, coSelf, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { shareCommands } from './support/shared-commands.js';
import { user } from './support/view-thread.js';

const MIB = 2 ** 20;

test('16 MiB at a time, what is larger goes alone', async () => {
  let copied = 0;
  let most = 0;
  let large = 0;
  const waiting: Coroutine[] = [];
  const thread = await shareCommands(function* (_name, _offset, data): Co<unknown> {
    const { length } = data as Uint8Array;
    if (length > 16 * MIB) expect(copied).toBe(0);
    copied += length;
    most = Math.max(most, copied);
    if (length > 16 * MIB) large++;
    // The first of each pair waits for the second: as many are under way as may be.
    waiting.push(coSelf());
    const first = waiting.length % 2 === 1 && length === MIB;
    if (first) yield* coYield();
    else for (const each of waiting.splice(0)) if (each !== coSelf()) aioCoKick(each);
    copied -= length;
    return undefined;
  });
  expect(await thread.run(user, 'writesAtOnce', Array<number>(64).fill(MIB))).toBe(64);
  expect(most).toBeLessThanOrEqual(16 * MIB);
  expect(most).toBeGreaterThan(MIB);
  expect(await thread.run(user, 'writesAtOnce', [20 * MIB, 17 * MIB])).toBe(2);
  expect(large).toBe(2);
});

test('a read that fails leaves memory alone that is not shared', async () => {
  const thread = await shareCommands(function* (_name, _offset, target): Co<unknown> {
    (target as Uint8Array).fill(7);
    throw new Error('too bad');
  });
  expect(await thread.run(user, 'readsIntoItsOwn', 100)).toEqual({
    message: 'too bad',
    bytes: new Uint8Array(100),
  });
});
