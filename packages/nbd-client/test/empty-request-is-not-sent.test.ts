import { expect, test } from 'vitest';
import { connectToScript } from './support/scripted-server.js';

test('reads and writes of no bytes succeed, the server sees only the disconnect', async () => {
  const { client, ended } = await connectToScript((server) => server.request());
  expect(await client.read(2 ** 20, 0)).toHaveLength(0);
  await client.readInto(0, new Uint8Array(0));
  await client.write(0, new Uint8Array(0));
  await client.close();
  expect((await ended).type).toBe(2);
});
