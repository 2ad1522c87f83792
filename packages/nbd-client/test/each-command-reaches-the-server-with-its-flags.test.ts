import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLAG_FAST_ZERO,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLAG_NO_HOLE,
  NBD_CMD_FLAG_REQ_ONE,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
  NBD_FLAG_SEND_CACHE,
  NBD_FLAG_SEND_FAST_ZERO,
  NBD_FLAG_SEND_FLUSH,
  NBD_FLAG_SEND_FUA,
  NBD_FLAG_SEND_TRIM,
  NBD_FLAG_SEND_WRITE_ZEROES,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { Form } from './support/model-server.js';
import { reconnectingClient } from './support/reconnecting-client.js';

const FLAGS =
  NBD_FLAG_SEND_FLUSH |
  NBD_FLAG_SEND_FUA |
  NBD_FLAG_SEND_TRIM |
  NBD_FLAG_SEND_WRITE_ZEROES |
  NBD_FLAG_SEND_FAST_ZERO |
  NBD_FLAG_SEND_CACHE;
const ZEROES = NBD_CMD_FLAG_FUA | NBD_CMD_FLAG_NO_HOLE | NBD_CMD_FLAG_FAST_ZERO;
/** The server sees it with each write under extended headers. */
const PAYLOAD_LEN = 1 << 5;

const forms: [Form, number][] = [
  ['structured', 0],
  ['extended', PAYLOAD_LEN],
];

test.each(forms)('with %s replies', async (form, withPayload) => {
  const seen: number[][] = [];
  const { client } = await reconnectingClient({}, () => ({
    form,
    facts: { flags: FLAGS },
    *before({ type, flags, offset, length, payload }) {
      seen.push([type, flags, offset, length, payload.length]);
      return true;
    },
  }));
  const known = async (doing: Promise<unknown>): Promise<void> => {
    await doing.catch(({ code }: { code: string }) => expect(code).toBe('NBD_SERVER_ERROR'));
  };
  await client.read(1, 2);
  await client.write(3, new Uint8Array(4), { fua: true });
  await client.flush();
  await known(client.trim(5, 6, { fua: true }));
  await known(client.writeZeroes(7, 8, { fua: true, noHole: true, fast: true }));
  await known(client.cache(9, 10));
  await known(client.blockStatus(11, 12));
  await known(client.blockStatus(13, 14, { one: true }));
  expect(seen).toEqual([
    [NBD_CMD_READ, 0, 1, 2, 0],
    [NBD_CMD_WRITE, NBD_CMD_FLAG_FUA | withPayload, 3, 4, 4],
    [NBD_CMD_FLUSH, 0, 0, 0, 0],
    [NBD_CMD_TRIM, NBD_CMD_FLAG_FUA, 5, 6, 0],
    [NBD_CMD_WRITE_ZEROES, ZEROES, 7, 8, 0],
    [NBD_CMD_CACHE, 0, 9, 10, 0],
    [NBD_CMD_BLOCK_STATUS, 0, 11, 12, 0],
    [NBD_CMD_BLOCK_STATUS, NBD_CMD_FLAG_REQ_ONE, 13, 14, 0],
  ]);
});
