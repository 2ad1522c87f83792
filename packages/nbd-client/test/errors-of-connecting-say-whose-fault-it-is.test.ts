import { VirtualClock } from '@coaio/aio-context';
import type { Co } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { isNbdError } from '@coaio/nbd-protocol';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { ModelDisk } from './support/model-disk.js';
import { modelServer } from './support/model-server.js';
import { connectToScript, type ScriptedServer } from './support/scripted-server.js';

function* hangsUp(server: ScriptedServer): Co<void> {
  yield* server.request();
  server.channel.close();
}

const disk = new ModelDisk(4096, (index) => index & 0xff);

test.each([
  ['an object', () => ({})],
  ['null', async () => null],
])('a function that opens %s: NBD_BAD_ARGUMENT', async (what, channel) => {
  await expect(NbdClient.connect({ channel: channel as never })).rejects.toMatchObject({
    code: 'NBD_BAD_ARGUMENT',
    message: `connect: what the function channel has opened, ${what}, is not a QIOChannel`,
  });
});

test('what opens no channel, and too late for anybody to look, is passed over', async () => {
  const controller = new AbortController();
  let open = (_channel: object): void => {};
  const opening = new Promise<object>((resolve) => {
    open = resolve;
  });
  const connecting = NbdClient.connect({ channel: () => opening as never, signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(connecting).rejects.toThrow('enough');
  // An unhandled rejection would fail the test.
  open({});
  await settle();
});

test('a channel that is given to a second client is left to the first', async () => {
  const server = modelServer(() => ({ disk }));
  const channel = server.open();
  const client = await NbdClient.connect({ channel });
  const refused = { code: 'NBD_CANNOT_RECONNECT', fault: 'caller' };
  await expect(NbdClient.connect({ channel })).rejects.toMatchObject(refused);
  expect(await client.read(0, 2)).toEqual(Buffer.of(0, 1));
  await client.close();
  await expect(NbdClient.connect({ channel })).rejects.toMatchObject(refused);
});

test('a URL is a URI', async () => {
  const error = await NbdClient.connect(new URL('nbd+unix:///disk?socket=/does/not/exist')).catch((e) => e);
  expect(error).toMatchObject({ code: 'NBD_CONNECT_FAILED', cause: { errno: 'ENOENT' } });
});

test('no server within its time has no cause, for nobody else has said anything', async () => {
  const clock = new VirtualClock();
  const connecting = NbdClient.connect({ channel: QIOChannelPair.open()[0], clock, openTimeoutMs: 3000 });
  clock.advance(3000e6);
  const error = await connecting.catch((e) => e);
  expect(error.code).toBe('NBD_TIMEOUT');
  expect(error.cause).toBeUndefined();
});

test('a server that hangs up is a cause with a code', async () => {
  const events: unknown[] = [];
  const onEvent = (event: unknown) => events.push(event);
  const { client } = await connectToScript(hangsUp, { client: { onEvent } });
  const reading = client.read(0, 10).catch((error) => error);
  const { cause } = await reading;
  expect(isNbdError(cause)).toBe(true);
  expect(cause.code).toBe('NBD_UNEXPECTED_EOF');
  expect(events).toMatchObject([{ type: 'connection-lost', error: { code: 'NBD_UNEXPECTED_EOF' } }]);
});

test('a client that was lost, and then closed, is closed', async () => {
  const { client } = await connectToScript(hangsUp);
  const lost = { code: 'NBD_CONNECTION_LOST' };
  const reading = expect(client.read(0, 10)).rejects.toMatchObject(lost);
  await reading;
  await expect(client.read(0, 10)).rejects.toMatchObject(lost);
  await client.close();
  await expect(client.read(0, 10)).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  expect(() => client.handle).toThrow(expect.objectContaining({ code: 'NBD_CLOSED' }));
});

test('of a long name of a context the beginning is shown', async () => {
  const error = await NbdClient.connect({ uri: 'nbd://x', metaContexts: ['x'.repeat(5000)] }).catch((e) => e);
  expect(error.code).toBe('NBD_BAD_ARGUMENT');
  expect(error.message.length).toBeLessThan(200);
});
