import { expect, test } from 'vitest';
import { RawClient } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

test('at once, and a place is free again when a client leaves', async () => {
  const { server, complaints } = serverOf(smallDisk(), { maxConnections: 2 });
  const first = await RawClient.open(server);
  const second = RawClient.greeted(server);
  const third = RawClient.greeted(server);
  expect(await third.end()).toHaveLength(0);
  await third.served;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_TOO_MANY_CONNECTIONS', fault: 'server' } }]);
  await first.disconnect();
  const fourth = await RawClient.open(server);
  await fourth.disconnect();
  second.channel.close();
  await second.served;
});
