import {
  NBD_CMD_DISC,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_EINVAL,
  NBD_OPT_EXTENDED_HEADERS,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { extended, pattern, RawClient } from './support/raw-client.js';
import { BOTH_WAYS, serverOf } from './support/servers.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test.each(BOTH_WAYS)('byte for byte, %s', async (_, pair) => {
  const bytes = pattern(64);
  const disk = {
    size: 64,
    read: (offset: number, target: Uint8Array): void =>
      target.set(bytes.subarray(offset, offset + target.length)),
    write: (offset: number, data: Uint8Array): void => bytes.set(data, offset),
  };
  const client = await RawClient.open(serverOf(disk).server, { extendedHeaders: true, pair });
  expect(client.extendedHeaders).toBe(true);
  await client.send(
    extended(NBD_CMD_WRITE, 0x11, 2, 0, { payload: Buffer.from('c0ffee', 'hex') }),
    extended(NBD_CMD_READ, 0x12, 1, 5),
    extended(NBD_CMD_FLUSH, 0x13, 0, 0),
    extended(NBD_CMD_READ, 0x14, 9, 0),
    extended(NBD_CMD_TRIM, 0x15, 3, 1),
    extended(NBD_CMD_DISC, 0x16, 0, 0),
  );
  const text = Buffer.from('NBD_CMD_TRIM: not supported');
  const expected = [
    // magic, flags, type, cookie, offset of the request, length; offset of the data, data
    '6e8a278c 0001 0000 0000000000000011 0000000000000002 0000000000000000',
    '6e8a278c 0001 0001 0000000000000012 0000000000000001 000000000000000d 0000000000000001 08c0ffee24',
    '6e8a278c 0001 0000 0000000000000013 0000000000000000 0000000000000000',
    '6e8a278c 0001 0000 0000000000000014 0000000000000009 0000000000000000',
    '6e8a278c 0001 8001 0000000000000015 0000000000000003 0000000000000021',
    `${NBD_EINVAL.toString(16).padStart(8, '0')} ${text.length.toString(16).padStart(4, '0')} ${hex(text)}`,
  ];
  expect(hex(await client.end())).toBe(expected.join('').replaceAll(' ', ''));
});

test('after structured replies, which they replace', async () => {
  const client = RawClient.greeted(serverOf({ size: 4, read: () => {} }).server);
  const option = (number: number) =>
    Buffer.from(`49484156454f5054${number.toString(16).padStart(8, '0')}00000000`, 'hex');
  await client.send(Buffer.from('00000003', 'hex'), option(8), option(NBD_OPT_EXTENDED_HEADERS), option(8));
  const replies = await client.receive(18 + 20 + 20 + 20);
  expect(
    hex(replies.subarray(18))
      .match(/.{40}/g)
      ?.map((reply) => reply.slice(24, 32)),
  ).toEqual([
    '00000001',
    '00000001',
    // NBD_REP_ERR_EXT_HEADER_REQD
    '8000000a',
  ]);
  client.channel.close();
});
