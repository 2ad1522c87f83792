import { VirtualClock } from '@coaio/aio-context';
import { type Co, coRun } from '@coaio/coroutine';
import { type IOVec, QIOChannelPair } from '@coaio/qio-channel';
import { expect, test, vi } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

/** From now on every write of the client fails; what the server sends still comes. */
function failWrites(): void {
  vi.spyOn(QIOChannelPair.prototype, 'writevAll').mockImplementationOnce(function* (_iov: IOVec): Co<void> {
    throw new Error('EPIPE');
  });
}

test('the answered reads succeed, the one that could not be sent fails with the write error', async () => {
  let answer = (): void => {};
  const { client } = await connectToScript(function* (server) {
    const requests = yield* server.requests(3);
    answer = () =>
      void coRun(function* () {
        for (const request of requests) yield* server.send(reply.data(request, request.offset, bytes(10)));
        server.channel.close();
      });
  });
  const reads = [0, 10, 20].map((offset) => client.read(offset, 10));
  await new Promise(setImmediate);
  failWrites();
  const unsent = client.read(30, 10);
  await new Promise(setImmediate);
  await expect(client.read(40, 10)).rejects.toMatchObject({ message: 'read of 10 bytes at 40: EPIPE' });
  answer();
  for (const read of reads) expect(new Uint8Array(await read)).toEqual(bytes(10));
  await expect(unsent).rejects.toMatchObject({ message: 'read of 10 bytes at 30: EPIPE' });
});

test('a server that goes quiet then is waited for a second', async () => {
  const clock = new VirtualClock();
  const { client } = await connectToScript((server) => server.request(), { client: { clock } });
  const read = client.read(0, 10);
  await new Promise(setImmediate);
  failWrites();
  const unsent = client.read(10, 10);
  await new Promise(setImmediate);
  clock.advance(1e9);
  await expect(read).rejects.toMatchObject({ message: 'read of 10 bytes at 0: EPIPE' });
  await expect(unsent).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
});
