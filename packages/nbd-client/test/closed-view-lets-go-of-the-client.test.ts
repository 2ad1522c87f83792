import { NbdClient } from '@coaio/nbd-client';
import { NBD_CMD_DISC } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { HOLDERS, MAX_VIEWS } from '../src/any-thread/layout.js';
import { bytes, connectToScript, reply, type ScriptedServer } from './support/scripted-server.js';
import { threadWithView, user } from './support/view-thread.js';

function* answersReads(server: ScriptedServer) {
  for (;;) {
    const request = yield* server.request();
    if (request.type === NBD_CMD_DISC) return;
    yield* server.send(reply.data(request, request.offset, bytes(request.length)));
  }
}

test('it waits for what is under way, takes nothing more, and others go on', async () => {
  const { client } = await connectToScript(answersReads);
  const thread = await threadWithView(client);
  expect(await thread.run(user, 'closesWhileItReads')).toEqual({
    read: bytes(4),
    late: expect.objectContaining({
      code: 'NBD_CLOSED',
      message: expect.stringContaining('this view of the client was closed'),
    }),
  });
  expect(new Int32Array(client.handle.memory)[HOLDERS]).toBe(0);
  await thread.run(user, 'closes');
  expect(new Uint8Array(await client.read(0, 4))).toEqual(bytes(4));
});

test('once the client is closed, the views of all threads are', async () => {
  const { client } = await connectToScript(answersReads);
  const thread = await threadWithView(client);
  const { handle } = client;
  const words = new Int32Array(handle.memory, 0, MAX_VIEWS);
  await client.close();
  expect(await thread.run(user, 'reads', 0, 4)).toMatchObject({
    code: 'NBD_CLOSED',
    message: expect.stringContaining('the client was closed'),
  });
  // A view that is open is answered as long as it is.
  expect(words.filter((holder) => holder !== -1)).toHaveLength(1);
  await expect(thread.run(user, 'attach', handle)).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  await thread.run(user, 'closes');
  await expect.poll(() => words.every((holder) => holder === -1)).toBe(true);
});

test('in the own thread of the client its handle gives the client, until that view is closed', async () => {
  const { client } = await connectToScript(answersReads);
  const view = NbdClient.attach(client.handle);
  expect(view.info).toBe(client.info);
  expect(new Uint8Array(await view.read(0, 4))).toEqual(bytes(4));
  await view.close();
  await expect(view.read(0, 4)).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  expect(new Uint8Array(await client.read(0, 4))).toEqual(bytes(4));
});

test('what is no handle is refused', async () => {
  const { client } = await connectToScript(answersReads);
  expect(() => NbdClient.attach({} as never)).toThrow(expect.objectContaining({ code: 'NBD_BAD_HANDLE' }));
  expect(() => NbdClient.attach(null as never)).toThrow(expect.objectContaining({ code: 'NBD_BAD_HANDLE' }));
  const { memory: _, ...rest } = client.handle;
  expect(() => NbdClient.attach(rest as never)).toThrow(expect.objectContaining({ code: 'NBD_BAD_HANDLE' }));
  await client.close();
  expect(() => NbdClient.attach(client.handle)).toThrow(expect.objectContaining({ code: 'NBD_CLOSED' }));
});

test('a handle asked for after the close is refused', async () => {
  const { client } = await connectToScript(answersReads);
  await client.close();
  expect(() => client.handle).toThrow(expect.objectContaining({ code: 'NBD_CLOSED' }));
});
