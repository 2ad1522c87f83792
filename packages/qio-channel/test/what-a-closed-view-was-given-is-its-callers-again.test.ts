import { coRun } from '@coaio/coroutine';
import { expect, onTestFinished, test } from 'vitest';
import { IN, OUT, STATE } from '../src/shared/layout.js';
import { TAKEN, untilWord, wordsOfChannel } from './support/channel-words.js';
import { loopback, socketPair } from './support/socket-pair.js';
import { threadWithView, user } from './support/view-thread.js';

async function sharedPair() {
  const [here, peer] = await socketPair(loopback);
  onTestFinished(() => {
    here.close();
    peer.close();
  });
  return { here, peer, thread: await threadWithView(here) };
}

test('memory to read into: what comes later comes to the next reader, and not there', async () => {
  const { here, peer, thread } = await sharedPair();
  const memory = new Uint8Array(new SharedArrayBuffer(64));
  const reading = thread.run(user, 'readsInto', [memory]).catch((error: unknown) => error);
  await untilWord(wordsOfChannel(here), IN + STATE, TAKEN);
  // The first bytes come to memory that was given before anybody waited.
  await coRun(() => peer.writevAll([Uint8Array.of(1)]));
  await expect.poll(() => memory[0]).toBe(1);
  await thread.run(user, 'closes');
  expect(await reading).toMatchObject({ code: 'QIO_CHANNEL_EOF' });
  const bytes = new Uint8Array(4);
  const next = coRun(() => here.readvAll([bytes]));
  await coRun(() => peer.writevAll([Uint8Array.of(7, 7, 7, 7)]));
  await next;
  expect([...bytes]).toEqual([7, 7, 7, 7]);
  expect(memory.subarray(1).every((byte) => byte === 0)).toBe(true);
});

test('memory to write from: what is written to it later never leaves', async () => {
  const { here, peer, thread } = await sharedPair();
  const memory = new Uint8Array(new SharedArrayBuffer(1 << 24)).fill(1);
  const writing = thread.run(user, 'writes', [memory]);
  await untilWord(wordsOfChannel(here), OUT + STATE, TAKEN);
  await thread.run(user, 'closes');
  expect(await writing).toMatchObject({ code: 'QIO_CHANNEL_SHUT_DOWN' });
  memory.fill(2);
  const bytes = new Uint8Array(1 << 20);
  for (;;) {
    const count = await coRun(() => peer.readv([bytes])).catch(() => 0);
    if (count === 0) break;
    expect(bytes.subarray(0, count).includes(2)).toBe(false);
  }
});
