import { NBD_CMD_BLOCK_STATUS, NBD_EINVAL } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { FORMS } from './support/forms.js';
import { RawClient } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { ToldDisk } from './support/told-disk.js';

test.each(FORMS)('%s', async (_, options, request) => {
  const disk = new ToldDisk();
  const client = await RawClient.open(serverOf(disk).server, options);
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 512));
  expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_EINVAL });
  expect(disk.told).toEqual([]);
  await client.disconnect();
});

test('one that was selected for another export is none', async () => {
  const { server } = serverOf(new ToldDisk());
  server.addExport('other', new ToldDisk());
  const client = RawClient.greeted(server);
  const option = (number: number, hex: string): Buffer =>
    Buffer.from(
      `49484156454f5054${number.toString(16).padStart(8, '0')}${(hex.length / 2).toString(16).padStart(8, '0')}${hex}`,
      'hex',
    );
  const context = Buffer.from('base:allocation').toString('hex');
  const other = Buffer.from('other').toString('hex');
  await client.send(
    Buffer.from('00000003', 'hex'),
    option(8, ''),
    // NBD_OPT_SET_META_CONTEXT for "other", NBD_OPT_EXPORT_NAME of ''
    option(10, `00000005${other}000000010000000f${context}`),
    option(1, ''),
  );
  await client.receive(18 + 20 + 20 + 4 + 15 + 20 + 10);
  const [, , request] = FORMS[1];
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 512));
  expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_EINVAL });
  await client.disconnect();
});

test('nor is one about 0 bytes answered', async () => {
  const client = await RawClient.open(serverOf(new ToldDisk()).server, { metaContexts: ['base:allocation'] });
  const [, , request] = FORMS[1];
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 0));
  expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_EINVAL });
  await client.disconnect();
});
