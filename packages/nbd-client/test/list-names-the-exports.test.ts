import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { ScriptedServer } from './support/scripted-server.js';

test('names and descriptions, then the connection is closed', async () => {
  const [channel, serverChannel] = QIOChannelPair.open();
  const server = new ScriptedServer(serverChannel);
  const serving = coRun(() => server.handshake({ name: 'disk', description: 'a disk' }, true));
  expect(await NbdClient.list({ channel })).toEqual([{ name: 'disk', description: 'a disk' }]);
  await serving;
  expect(await coRun(() => server.sawEnd())).toBe(true);
});
