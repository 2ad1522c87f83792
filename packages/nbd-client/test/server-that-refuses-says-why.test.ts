import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { ScriptedServer } from './support/scripted-server.js';

test('an export that is not there', async () => {
  const [channel, serverChannel] = QIOChannelPair.open();
  const serving = coRun(() => new ScriptedServer(serverChannel).handshake({ name: 'disk' }, true));
  await expect(NbdClient.connect({ channel, exportName: 'tape' })).rejects.toMatchObject({
    name: 'NbdOptionRefusedError',
    code: 'NBD_EXPORT_UNKNOWN',
    message: expect.stringContaining('tape'),
  });
  await serving;
});

test('nobody listens', async () => {
  await expect(NbdClient.connect('nbd+unix:///?socket=/nonexistent/socket')).rejects.toMatchObject({
    code: 'NBD_CONNECT_FAILED',
    fault: 'connection',
    message: expect.stringContaining('connect to /nonexistent/socket'),
    cause: { errno: 'ENOENT' },
  });
});

test('not an NBD server', async () => {
  const [channel, peer] = QIOChannelPair.open();
  await coRun(() => peer.writevAll([Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]));
  await expect(NbdClient.connect({ channel })).rejects.toMatchObject({
    name: 'NbdProtocolError',
    fault: 'peer',
  });
});
