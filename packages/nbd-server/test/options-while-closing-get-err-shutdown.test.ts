import { NBD_OPT_ABORT, NBD_OPT_GO, NBD_REP_ACK, NBD_REP_ERR_SHUTDOWN } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { RawClient, read } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const option = (number: number, data = ''): Uint8Array =>
  Buffer.from(
    `49484156454f5054${number.toString(16).padStart(8, '0')}${(data.length / 2).toString(16).padStart(8, '0')}${data}`,
    'hex',
  );

async function optionReply(client: RawClient): Promise<number> {
  const view = new DataView((await client.receive(20)).buffer);
  await client.receive(view.getUint32(16));
  return view.getUint32(12);
}

test('for as long as others wait for their answers', async () => {
  const disk = new GatedDisk();
  const { server, complaints } = serverOf(disk);
  const busy = await RawClient.open(server);
  await busy.send(read(1, 0, 10));
  await disk.called(1);
  const haggling = RawClient.greeted(server);
  const leaving = RawClient.greeted(server);
  for (const client of [haggling, leaving]) {
    await client.receive(18);
    await client.send(Buffer.from('00000003', 'hex'));
  }
  const closing = server.close();
  for (const client of [haggling, leaving]) {
    await client.send(option(NBD_OPT_GO, '000000000000'));
    expect(await optionReply(client)).toBe(NBD_REP_ERR_SHUTDOWN);
  }
  await leaving.send(option(NBD_OPT_ABORT));
  expect(await optionReply(leaving)).toBe(NBD_REP_ACK);
  await leaving.served;
  disk.calls[0]?.succeed();
  expect((await busy.reply()).error).toBe(0);
  expect(await haggling.end()).toHaveLength(0);
  await closing;
  expect(complaints).toEqual([]);
});
