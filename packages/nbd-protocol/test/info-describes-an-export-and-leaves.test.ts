import { ClientHandshake, exportInfoFromFlags, NEED_MORE, ServerHandshake } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { DISK, directoryOf, shakeHands } from './support/handshake-pair.js';

test('the event comes before the acknowledgement of NBD_OPT_ABORT', () => {
  const client = new ClientHandshake({ goal: 'info', exportName: 'disk', structuredReplies: false });
  const server = new ServerHandshake({ directory: directoryOf(DISK) });
  client.receive(server.takeOutgoing());
  expect(client.nextEvent()).toBe(NEED_MORE);
  server.receive(client.takeOutgoing());
  expect(server.nextEvent()).toBe(NEED_MORE);
  client.receive(server.takeOutgoing());
  const { flags } = exportInfoFromFlags(DISK);
  // NBD_FLAG_SEND_DF (0x80) needs structured replies.
  const expected = exportInfoFromFlags({ ...DISK, flags: flags & ~0x80 });
  expect(client.nextEvent()).toEqual({ type: 'info', export: expected, metaContexts: [] });
  expect(client.finished).toBe(false);
  server.receive(client.takeOutgoing());
  expect(server.nextEvent()).toEqual({ type: 'aborted' });
  client.receive(server.takeOutgoing());
  expect(client.nextEvent()).toBe(NEED_MORE);
  expect(client.finished).toBe(true);
});

test('info tells what go would', () => {
  const directory = directoryOf(DISK);
  const [info] = shakeHands({ goal: 'info', exportName: 'disk' }, { directory }).clientEvents;
  const [go] = shakeHands({ goal: 'go', exportName: 'disk' }, { directory }).clientEvents;
  expect(info?.type === 'info' && info.export).toEqual(go?.type === 'ready' && go.export);
});
