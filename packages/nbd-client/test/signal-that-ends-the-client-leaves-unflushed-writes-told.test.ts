import { expect, test } from 'vitest';
import { connectToScript, reply } from './support/scripted-server.js';

const NOT_FLUSHED = { code: 'NBD_NOT_FLUSHED', fault: 'connection' };

async function writtenThenAborted() {
  const stop = new AbortController();
  const { client } = await connectToScript(
    function* (server) {
      yield* server.send(reply.none(yield* server.request()));
      yield* server.sawEnd();
    },
    { client: { signal: stop.signal } },
  );
  await client.write(0, new Uint8Array(512));
  stop.abort(new Error('enough'));
  return client;
}

test('close tells', async () => {
  const client = await writtenThenAborted();
  await expect(client.close()).rejects.toMatchObject({ ...NOT_FLUSHED, operation: 'close' });
});

test('or a flush', async () => {
  const client = await writtenThenAborted();
  await expect(client.flush()).rejects.toMatchObject({ ...NOT_FLUSHED, operation: 'flush' });
  await client.close();
});

test('not when nothing was written since the last flush', async () => {
  const stop = new AbortController();
  const { client } = await connectToScript(
    function* (server) {
      for (const request of yield* server.requests(2)) yield* server.send(reply.none(request));
      yield* server.sawEnd();
    },
    { client: { signal: stop.signal } },
  );
  const written = client.write(0, new Uint8Array(512), { fua: true });
  const flushed = client.flush();
  await Promise.all([written, flushed]);
  stop.abort(new Error('enough'));
  await client.close();
});
