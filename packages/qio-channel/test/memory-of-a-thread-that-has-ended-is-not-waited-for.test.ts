import { IOThread } from '@coaio/aio-context';
import { isThreadAlive, joinThreads, TAG, wordsOf } from '@coaio/aio-context/shared';
import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { holderId } from '../src/shared/claim.js';
import { isHolderAlive } from '../src/shared/holder-alive.js';
import { IntroducedMemories } from '../src/shared/shared-memories.js';

test('its introduction may be lost with it', async () => {
  const memories = new IntroducedMemories();
  const thread = await IOThread.start({ name: 'introducer' });
  const { home, homeTag } = thread.context.handle;
  const holder = holderId(home, homeTag);
  const waiting = coRun(() => memories.get(holder, 1)).catch((error: unknown) => error);
  await thread.terminate();
  expect(await waiting).toMatchObject({ code: 'QIO_CHANNEL_THREAD_GONE' });
  expect(isHolderAlive(joinThreads().words, holder)).toBe(false);
});

test('the next thread of its number is another one', () => {
  const { words, number, tag } = joinThreads();
  expect(isThreadAlive(words, number)).toBe(true);
  expect(isHolderAlive(words, holderId(number, tag))).toBe(true);
  const next = words.slice(0, wordsOf(number + 1));
  next[wordsOf(number) + TAG] = tag + (1 << 12);
  expect(isHolderAlive(next, holderId(number, tag))).toBe(false);
  expect(isHolderAlive(next, holderId(number, tag + (1 << 12)))).toBe(true);
});
