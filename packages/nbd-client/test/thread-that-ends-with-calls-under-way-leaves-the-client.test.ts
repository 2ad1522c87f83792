import { joinThreads, TAG, wordsOf } from '@coaio/aio-context/shared';
import { set, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { HOLDERS, SUBMITTED, wordsOfView } from '../src/any-thread/layout.js';
import { bytes, connectToScript, reply, type ScriptedServer } from './support/scripted-server.js';
import { threadWithView, user } from './support/view-thread.js';

const RELEASES_IT = 7;
const LIMIT_MS = 20_000;

/** Blocks this thread, event loop and all. */
function blockWhile(holds: () => boolean): void {
  const until = performance.now() + LIMIT_MS;
  const word = sharedWords();
  while (holds()) {
    if (performance.now() > until) throw new Error(`it still holds after ${LIMIT_MS} ms`);
    // Nobody notifies it.
    Atomics.wait(word, 0, 0, 1);
  }
}

/** Keeps the first request until another is for offset 7, which is answered after it. */
function* holdsTheFirst(server: ScriptedServer, arrived: () => void) {
  const first = yield* server.request();
  arrived();
  for (;;) {
    const next = yield* server.request();
    if (next.offset === RELEASES_IT) yield* server.send(reply.data(first, first.offset, bytes(first.length)));
    yield* server.send(reply.data(next, next.offset, bytes(next.length)));
  }
}

test.each(['exits', 'is terminated'])('it %s: its read is dropped, the others go on', async (how) => {
  let arrived = () => {};
  const underWay = new Promise<void>((resolve) => (arrived = resolve));
  const { client } = await connectToScript((server) => holdsTheFirst(server, arrived));
  const thread = await threadWithView(client, 'short');
  const holders = new Int32Array(client.handle.memory, HOLDERS * 4, 2);
  const words = sharedWords();
  const running = thread.run(user, 'readsAndExits', words).catch((error: unknown) => error);
  await underWay;
  if (how === 'exits') set(words);
  else await thread.terminate();
  expect(await running).toMatchObject({ code: 'IOTHREAD_DIED' });
  // Its view is not another thread's as long as the server may answer its read.
  const next = await threadWithView(client, 'next');
  expect(holders[0]).not.toBe(0);
  expect(holders[1]).not.toBe(0);
  expect(await next.run(user, 'reads', 2, 3)).toEqual(bytes(3));
  expect(new Uint8Array(await client.read(RELEASES_IT, 3))).toEqual(bytes(3));
  expect(holders[0]).toBe(0);
  // Its slots and lists go on in the hands of the next thread that takes the view.
  const heir = await threadWithView(client, 'heir');
  expect(holders[0]).not.toBe(0);
  expect(await heir.run(user, 'readsManyAtOnce', 5)).toHaveLength(5);
});

test('what nobody had taken yet is not done', async () => {
  const asked: number[] = [];
  const { client } = await connectToScript(function* (server) {
    for (;;) {
      const request = yield* server.request();
      asked.push(request.offset);
      yield* server.send(reply.data(request, request.offset, bytes(request.length)));
    }
  });
  const thread = await threadWithView(client, 'short');
  const words = new Int32Array(client.handle.memory);
  const running = thread.run(user, 'readsAndExitsOnceSubmitted', 5, words, wordsOfView(0) + SUBMITTED);
  const { home, homeTag } = thread.context.handle;
  // This thread hears of the request and of the end at once.
  blockWhile(() => Atomics.load(joinThreads().words, wordsOf(home) + TAG) === homeTag);
  await expect(running).rejects.toMatchObject({ code: 'IOTHREAD_DIED' });
  const heir = await threadWithView(client, 'heir');
  expect(await heir.run(user, 'reads', 6, 3)).toEqual(bytes(3));
  expect(words[wordsOfView(0) + SUBMITTED]).toBe(2);
  expect(asked).toEqual([6]);
  // Nor does it count as under way for ever.
  await heir.terminate();
  await expect.poll(() => words[HOLDERS]).toBe(0);
});

test('one with nothing under way just lets go of its view', async () => {
  const { client } = await connectToScript((server) => server.sawEnd());
  const thread = await threadWithView(client);
  const holders = new Int32Array(client.handle.memory, HOLDERS * 4, 1);
  expect(holders[0]).not.toBe(0);
  await thread.terminate();
  await expect.poll(() => holders[0]).toBe(0);
  await client.close();
});
