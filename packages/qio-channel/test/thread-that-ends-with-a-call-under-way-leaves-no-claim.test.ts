import { coRun } from '@coaio/coroutine';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { IN, STATE, USERS } from '../src/shared/layout.js';
import { ASKED_FOR, blockUntilWord, TAKEN, untilWord, wordsOfChannel } from './support/channel-words.js';
import { threadWithView, user } from './support/view-thread.js';

test('it had closed its view, and ended before its read did: the channel fails', async () => {
  const [here] = QIOChannelPair.open();
  const thread = await threadWithView(here);
  const reading = thread.run(user, 'reads', 4, false).catch((error: unknown) => error);
  await untilWord(wordsOfChannel(here), IN + STATE, TAKEN);
  const exiting = thread.run(user, 'closesAndExits').catch((error: unknown) => error);
  expect(await exiting).toMatchObject({ code: 'IOTHREAD_DIED' });
  expect(await reading).toMatchObject({ code: 'IOTHREAD_DIED' });
  await expect(coRun(() => here.readv([new Uint8Array(1)]))).rejects.toMatchObject({
    code: 'QIO_CHANNEL_THREAD_GONE',
  });
});

test('a view that was closed with a call under way lets go of the channel once that is over', async () => {
  const [here, peer] = QIOChannelPair.open();
  const thread = await threadWithView(here);
  const words = wordsOfChannel(here);
  const reading = thread.run(user, 'closesWhileItReads');
  // Nobody serves it: it takes its request back.
  blockUntilWord(words, USERS, 0);
  expect(Atomics.load(words, IN + STATE)).not.toBe(ASKED_FOR);
  expect(await reading).toBe('end');
  await thread.join();
  await coRun(() => peer.writevAll([Uint8Array.of(7)]));
  expect(await coRun(() => here.readv([new Uint8Array(1)]))).toBe(1);
});
