import { constants } from 'node:buffer';
import { expect, test } from 'vitest';
import { connectToScript } from './support/scripted-server.js';

const huge = Math.min(constants.MAX_LENGTH + 1, Number.MAX_SAFE_INTEGER);

test('with the limit', async () => {
  const { client } = await connectToScript((server) => server.sawEnd(), { facts: { size: 2n ** 63n } });
  await expect(client.read(0, huge)).rejects.toMatchObject({ code: 'NBD_TOO_LARGE', fault: 'caller' });
  await expect(client.read(0, huge)).rejects.toThrow(`${huge}`);
  await client.close();
});
