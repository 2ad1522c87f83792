import { expect, test } from 'vitest';
import { MAX_VIEWS } from '../src/any-thread/layout.js';
import { bytes, connectToScript, reply } from './support/scripted-server.js';
import { startThread, user } from './support/view-thread.js';

test('one more is refused, until one of them is closed; the last one works as the first', async () => {
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(reply.data(request, request.offset, bytes(request.length)));
  });
  const { handle } = client;
  const thread = await startThread();
  await thread.run(user, 'attach', handle);
  for (let view = 1; view < MAX_VIEWS; view++) await thread.run(user, 'attach', handle);
  await expect(thread.run(user, 'attach', handle)).rejects.toMatchObject({
    code: 'NBD_TOO_MANY_VIEWS',
    message: 'attach to export "": the client has 62 views already',
  });
  expect(await thread.run(user, 'reads', 3, 5)).toEqual(bytes(5));
  await thread.run(user, 'closes');
  await thread.run(user, 'attach', handle);
});
