import { AioContext } from '@coaio/aio-context';
import { coRun, coSelf } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply, type ScriptedServer } from './support/scripted-server.js';

function* answerReads(server: ScriptedServer, count: number) {
  for (let answered = 0; answered < count; answered++) {
    const request = yield* server.request();
    yield* server.send(reply.data(request, request.offset, bytes(request.length)));
  }
}

test('promises outside, yield* inside, and promises made inside', async () => {
  const { client } = await connectToScript((server) => answerReads(server, 3));
  expect(new Uint8Array(await client.read(0, 5))).toEqual(bytes(5));
  const inside = await coRun(function* () {
    const promise = client.read(10, 5);
    const data = yield* client.co.read(20, 5);
    return { data, promise };
  });
  expect(new Uint8Array(inside.data)).toEqual(bytes(5));
  expect(new Uint8Array(await inside.promise)).toEqual(bytes(5));
});

test('each coroutine goes on in its own context', async () => {
  const { client } = await connectToScript((server) => answerReads(server, 2));
  const names = await Promise.all(
    ['one', 'two'].map((name) =>
      coRun(
        function* () {
          yield* client.co.read(0, 5);
          return coSelf().context?.name;
        },
        { context: new AioContext({ name }) },
      ),
    ),
  );
  expect(names).toEqual(['one', 'two']);
});
