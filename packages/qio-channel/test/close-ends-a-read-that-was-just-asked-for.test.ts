import { QIOChannelPair } from '@coaio/qio-channel';
import { blockUntil, set, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { IN, STATE } from '../src/shared/layout.js';
import { ASKED_FOR, blockUntilWord, wordsOfChannel } from './support/channel-words.js';
import { threadWithView, user } from './support/view-thread.js';

test('asked for and not taken yet: it is served, though its claim is closed', async () => {
  const [here] = QIOChannelPair.open();
  const thread = await threadWithView(here);
  const reading = thread.run(user, 'reads', 4, false);
  blockUntilWord(wordsOfChannel(here), IN + STATE, ASKED_FOR);
  here.close();
  expect(await reading).toBe('end');
});

test('asked for after the close, while an older ring is still to be answered: it takes the request back', async () => {
  const [here] = QIOChannelPair.open();
  const thread = await threadWithView(here);
  const words = sharedWords();
  const reading = thread.run(user, 'readsAcrossTheClose', words);
  blockUntil(words, 0);
  here.close();
  set(words, 1);
  // Its ring finds the deleted bottom half still rung. Only then may this thread come to it.
  blockUntil(words, 2);
  expect(await reading).toBe(0);
});
