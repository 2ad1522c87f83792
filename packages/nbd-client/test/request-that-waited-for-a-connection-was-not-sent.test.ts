import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { reconnectingClient } from './support/reconnecting-client.js';

test('its error says so', async () => {
  const reconnecting = await reconnectingClient();
  const { client, clock, connections } = reconnecting;
  reconnecting.serve(false);
  connections[0]?.cut();
  await settle();
  const writing = client.write(0, Buffer.from('data'), { timeoutMs: 500 }).catch((error) => error);
  await settle();
  clock.advance(500e6);
  expect(await writing).toMatchObject({
    code: 'NBD_TIMEOUT',
    message: 'write of 4 bytes at 0: not sent, no connection after 500 ms',
  });
  await client.close();
});
