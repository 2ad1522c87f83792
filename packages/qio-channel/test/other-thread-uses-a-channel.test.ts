import { IOThread } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannel, QIOChannelPair, type QIOChannelSocket } from '@coaio/qio-channel';
import { expect, onTestFinished, test } from 'vitest';
import { IN, STATE } from '../src/shared/layout.js';
import { TAKEN, untilWord, wordsOfChannel } from './support/channel-words.js';
import { loopback, socketPair } from './support/socket-pair.js';

const user = new URL('./workers/channel-user.mjs', import.meta.url);

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index * 31 + (index >> 8));
}

async function startThread(handle?: QIOChannel['handle']): Promise<IOThread> {
  const thread = await IOThread.start({ name: 'io' });
  onTestFinished(() => thread.terminate());
  if (handle !== undefined) await thread.run(user, 'attach', handle);
  return thread;
}

async function sockets(): Promise<readonly [QIOChannelSocket, QIOChannelSocket]> {
  const pair = await socketPair(loopback);
  onTestFinished(() => {
    for (const channel of pair) channel.close();
  });
  return pair;
}

test('it writes while this one reads', async () => {
  const [here, peer] = await sockets();
  const thread = await startThread(here.handle);
  const bytes = pattern(3_000_000);
  const echoed = coRun(function* () {
    const buffer = new Uint8Array(bytes.length);
    yield* peer.readvAll([buffer]);
    yield* peer.writevAll([buffer]);
  });
  const answer = new Uint8Array(bytes.length);
  const reading = coRun(() => here.readvAll([answer]));
  expect(await thread.run(user, 'writes', [bytes.subarray(0, 10), bytes.subarray(10)])).toBe('written');
  await Promise.all([echoed, reading]);
  expect(Buffer.compare(answer, bytes)).toBe(0);
});

test.each([true, false])('it reads while this one writes (into shared memory: %s)', async (shared) => {
  const [here, peer] = await sockets();
  const thread = await startThread(here.handle);
  const bytes = pattern(3_000_000);
  const echoed = coRun(function* () {
    const buffer = new Uint8Array(bytes.length);
    yield* peer.readvAll([buffer]);
    yield* peer.writevAll([buffer]);
  });
  const reading = thread.run<Uint8Array>(user, 'reads', bytes.length, shared);
  await coRun(() => here.writevAll([bytes]));
  await echoed;
  expect(Buffer.compare(await reading, bytes)).toBe(0);
});

test('what it reads lands in shared memory that this thread sees', async () => {
  const [here, peer] = await sockets();
  const thread = await startThread(here.handle);
  const memory = new Uint8Array(new SharedArrayBuffer(100_000), 1000, 50_000);
  const reading = thread.run(user, 'readsInto', [memory]);
  await coRun(() => peer.writevAll([pattern(50_000)]));
  await reading;
  expect(Buffer.compare(memory, pattern(50_000))).toBe(0);
});

test('any channel has a handle, one in memory too', async () => {
  const [here, peer] = QIOChannelPair.open({ capacity: 1000 });
  const thread = await startThread(here.handle);
  const reading = thread.run<Uint8Array>(user, 'reads', 100_000, true);
  await coRun(() => peer.writevAll([pattern(100_000)]));
  expect(Buffer.compare(await reading, pattern(100_000))).toBe(0);
  const writing = thread.run(user, 'writes', [pattern(5000)]);
  const bytes = new Uint8Array(5000);
  await coRun(() => peer.readvAll([bytes]));
  expect(await writing).toBe('written');
  expect(bytes).toEqual(pattern(5000));
});

test('it waits until there is something to read', async () => {
  const [here, peer] = await sockets();
  const thread = await startThread(here.handle);
  const waiting = thread.run(user, 'waits', 'in');
  await coRun(() => peer.writevAll([pattern(3)]));
  expect(await waiting).toBe('ready');
  expect(await thread.run(user, 'reads', 3, false)).toEqual(pattern(3));
});

test('its wait to read is woken early, by a wake that came right behind it too', async () => {
  const [here] = await sockets();
  const thread = await startThread(here.handle);
  expect(await thread.run(user, 'waitsAndIsWoken')).toBe('woken');
});

test('a second reader is refused, and both are named, whichever thread it is in', async () => {
  const [here, peer] = await sockets();
  const thread = await startThread(here.handle);
  const first = coRun(() => here.readvAll([new Uint8Array(3)]), { name: 'here' });
  expect(await thread.run(user, 'reads', 1, false)).toEqual({
    code: 'QIO_CHANNEL_BUSY',
    message: expect.stringMatching(/read by "there": "here" of thread "main" is in it already$/),
  });
  await coRun(() => peer.writevAll([pattern(3)]));
  await first;
  const second = thread.run(user, 'reads', 2, false);
  await untilWord(wordsOfChannel(here), IN + STATE, TAKEN);
  expect(() => here.tryReadv([new Uint8Array(1)])).toThrow(
    expect.objectContaining({
      code: 'QIO_CHANNEL_BUSY',
      message: expect.stringMatching(/read: "there" of thread "io" is in it already$/),
    }),
  );
  await coRun(() => peer.writevAll([pattern(2)]));
  expect(await second).toEqual(pattern(2));
});

test('an aborted read gives the reason, and loses nothing', async () => {
  const [here, peer] = await sockets();
  const thread = await startThread(here.handle);
  expect(await thread.run(user, 'abortsItsRead')).toBe('enough');
  await coRun(() => peer.writevAll([pattern(4)]));
  expect(await thread.run(user, 'reads', 4, false)).toEqual(pattern(4));
});

test("close in the channel's thread ends the waits of the others", async () => {
  const [here] = await sockets();
  const thread = await startThread(here.handle);
  const reading = thread.run(user, 'reads', 4, false);
  here.close();
  expect(await reading).toBe('end');
  expect(await thread.run(user, 'reads', 4, false)).toBe('end');
  expect(await thread.run(user, 'writes', [pattern(1)])).toMatchObject({ code: 'QIO_CHANNEL_SHUT_DOWN' });
});

test('shutdown in another thread wakes who waits here', async () => {
  const [here, peer] = await sockets();
  const thread = await startThread(here.handle);
  const reading = coRun(() => here.readv([new Uint8Array(1)]));
  await thread.run(user, 'shutsDown', 'both');
  expect(await reading).toBe(0);
  expect(await coRun(() => peer.readv([new Uint8Array(1)]))).toBe(0);
});

test('a thread that closes its view lets go of the channel, which stays with the others', async () => {
  const [here, peer] = await sockets();
  const thread = await startThread(here.handle);
  const reading = thread.run(user, 'reads', 4, false);
  await thread.run(user, 'closes');
  expect(await reading).toBe('end');
  await thread.join();
  await coRun(() => peer.writevAll([pattern(4)]));
  const bytes = new Uint8Array(4);
  await coRun(() => here.readvAll([bytes]));
  expect(bytes).toEqual(pattern(4));
});

test('a thread that ends with its view open ends the channel for all', async () => {
  const [here, peer] = await sockets();
  const thread = await startThread(here.handle);
  const reading = coRun(() => here.readv([new Uint8Array(1)])).catch((error: unknown) => error);
  await thread.terminate();
  expect(await reading).toMatchObject({
    code: 'QIO_CHANNEL_THREAD_GONE',
    message: expect.stringContaining('thread "io" ended with the channel attached'),
  });
  expect(await coRun(() => peer.readv([new Uint8Array(1)]))).toBe(0);
});

test("the end of the channel's thread ends the waits of the others", async () => {
  const owner = await startThread();
  const { handle, port } = await owner.run<{ handle: QIOChannel['handle']; port: number }>(
    new URL('./workers/channel-owner.mjs', import.meta.url),
    'listensAndAccepts',
  );
  expect(port).toBeGreaterThan(0);
  const view = QIOChannel.attach(handle);
  const reading = coRun(() => view.readv([new Uint8Array(1)])).catch((error: unknown) => error);
  await owner.terminate();
  expect(await reading).toMatchObject({ code: 'QIO_CHANNEL_THREAD_GONE' });
  await expect(coRun(() => view.writev([new Uint8Array(1)]))).rejects.toMatchObject({
    code: 'QIO_CHANNEL_THREAD_GONE',
  });
});
