import { expect, test } from 'vitest';
import { RawClient, read, write } from './support/raw-client.js';
import { BOTH_WAYS } from './support/servers.js';
import { TLS_CLIENT, tlsServer } from './support/tls.js';

test.each(BOTH_WAYS)('where everything works, %s', async (_, pair) => {
  const { server, complaints, disk } = tlsServer();
  const client = await RawClient.open(server, { ...TLS_CLIENT, pair, extendedHeaders: false });
  expect(client.tls).toBe(true);
  await client.send(write(1, 5, new Uint8Array(50_000).fill(9)), read(2, 4, 50_002));
  const [written, found] = await client.replies(2);
  expect(written).toMatchObject({ cookie: 1, error: 0 });
  expect(found?.data).toEqual(disk.bytes.subarray(4, 50_006));
  await client.disconnect();
  expect(complaints).toEqual([]);
});

test.each(['go', 'info', 'list'] as const)('without it a client is told so, goal %s', async (goal) => {
  const { server } = tlsServer();
  const client = RawClient.greeted(server);
  expect(await client.negotiate({ goal })).toMatchObject({
    type: 'refused',
    error: { code: 'NBD_TLS_REQUIRED' },
  });
  client.channel.close();
  await client.served;
});

test('what was negotiated before it holds no longer', async () => {
  const { server } = tlsServer({ policy: 'allow' });
  const client = RawClient.greeted(server);
  const option = (number: string): Buffer => Buffer.from(`49484156454f5054000000${number}00000000`, 'hex');
  await client.send(Buffer.from('00000003', 'hex'), option('08'), option('05'));
  await client.receive(18 + 20 + 20);
  await client.startTls(TLS_CLIENT.tlsClient);
  // NBD_OPT_GO for '', whose flags say whether DF may be used.
  await client.send(Buffer.from('49484156454f50540000000700000006000000000000', 'hex'));
  const reply = new DataView((await client.receive(20 + 12)).buffer);
  expect(reply.getUint16(20 + 10) & (1 << 7)).toBe(0);
  client.channel.close();
  await client.served;
});

test('bytes behind NBD_OPT_STARTTLS end the connection', async () => {
  const { server, complaints } = tlsServer();
  const client = RawClient.greeted(server);
  const starttls = '49484156454f50540000000500000000';
  await client.send(Buffer.from(`00000003${starttls}49`, 'hex'));
  await client.served;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_TLS_INJECTION' } }]);
});
