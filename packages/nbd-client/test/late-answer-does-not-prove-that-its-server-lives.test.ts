import { coAwait } from '@coaio/coroutine';
import { NBD_CMD_READ } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { MULTI_CONN, reconnectingClient } from './support/reconnecting-client.js';

test('an answer that comes after a reconnect may be older than the new server: a flush there covers nothing of the old one', async () => {
  let answer = (): void => {};
  const gate = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const it = await reconnectingClient({ connections: 2 }, (index) => ({
    facts: { flags: MULTI_CONN },
    *before({ type }) {
      if (type === NBD_CMD_READ && index === 0) yield* coAwait(gate);
      return true;
    },
  }));
  await it.client.write(0, new Uint8Array(10));
  const reading = it.client.read(0, 1);
  await settle();
  it.connections[1]?.cut();
  await settle();
  expect(it.connections).toHaveLength(3);
  answer();
  await reading;
  it.connections[0]?.cut();
  await settle();
  await expect(it.client.flush()).rejects.toMatchObject({ code: 'NBD_NOT_FLUSHED' });
  await it.client.flush();
  await it.client.close();
});
