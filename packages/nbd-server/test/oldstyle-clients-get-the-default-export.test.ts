import { expect, test } from 'vitest';
import { NbdServer } from '../src/index.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';
import { ToldDisk } from './support/told-disk.js';

test('without a word, and simple replies', async () => {
  const { server, complaints } = serverOf(smallDisk(), { oldstyle: true });
  const client = await RawClient.open(server);
  expect(client.info).toMatchObject({
    size: 4096n,
    canFlush: true,
    canDf: false,
    canBlockStatusPayload: false,
  });
  await client.send(write(1, 1, pattern(9, 3)), read(2, 1, 9));
  expect((await client.reply()).cookie).toBe(1);
  expect((await client.reply(9)).data).toEqual(pattern(9, 3));
  await client.disconnect();
  expect(complaints).toEqual([]);
});

test('byte for byte', async () => {
  const { server } = serverOf(new ToldDisk(2 ** 33), { oldstyle: true });
  const client = RawClient.greeted(server);
  const greeting = Buffer.from(await client.receive(152));
  expect(greeting.toString('hex')).toBe(
    `4e42444d41474943 0000420281861253 0000000200000000 00000d6d ${'00'.repeat(124)}`.replaceAll(' ', ''),
  );
  await client.disconnect();
});

test('if there is one; else the connection ends', async () => {
  const server = new NbdServer({ oldstyle: true });
  server.addExport('named', smallDisk());
  const client = RawClient.greeted(server);
  expect(await client.end()).toHaveLength(0);
  await server.close();
});
