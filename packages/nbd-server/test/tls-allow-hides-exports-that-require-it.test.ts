import { expect, test } from 'vitest';
import { RawClient } from './support/raw-client.js';
import { TLS_CLIENT, tlsServer } from './support/tls.js';

const namesOf = (event: Awaited<ReturnType<RawClient['negotiate']>>): unknown =>
  event.type === 'list' ? event.exports : event.type;

test('from clients without', async () => {
  const { server } = tlsServer({ policy: 'allow' });
  const lister = RawClient.greeted(server);
  expect(namesOf(await lister.negotiate({ goal: 'list' }))).toEqual([{ name: '', description: 'for all' }]);
  lister.channel.close();
  const seeker = RawClient.greeted(server);
  const refused = await seeker.negotiate({ exportName: 'secret' });
  expect(refused).toMatchObject({ type: 'refused', error: { code: 'NBD_TLS_REQUIRED' } });
  seeker.channel.close();
  const plain = await RawClient.open(server);
  expect(plain.tls).toBe(false);
  await plain.disconnect();
});

test('and shows them inside it', async () => {
  const { server } = tlsServer({ policy: 'allow' });
  const lister = RawClient.greeted(server);
  expect(namesOf(await lister.negotiate({ goal: 'list', ...TLS_CLIENT }))).toEqual([
    { name: '', description: 'for all' },
    { name: 'secret' },
  ]);
  lister.channel.close();
  const client = await RawClient.open(server, { exportName: 'secret', ...TLS_CLIENT });
  expect(client).toMatchObject({ tls: true, info: { name: 'secret' } });
  await client.disconnect();
});
