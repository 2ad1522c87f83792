import {
  type ClientOption,
  NBD_OPT_EXTENDED_HEADERS,
  NBD_OPT_LIST,
  NBD_OPT_LIST_META_CONTEXT,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STARTTLS,
  NBD_OPT_STRUCTURED_REPLY,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdServerOptions } from '../src/index.js';
import { RawClient, read } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

const UNSUP = 0x80000001;
const POLICY = 0x80000002;

/** The type of the server's answer to one option, without data. */
async function answerTo(options: NbdServerOptions, number: ClientOption['option']): Promise<number> {
  const client = RawClient.greeted(serverOf(smallDisk(), options).server);
  await client.send(
    Buffer.from('00000003', 'hex'),
    Buffer.from(`49484156454f5054${number.toString(16).padStart(8, '0')}00000000`, 'hex'),
  );
  await client.receive(18);
  const type = new DataView((await client.receive(20)).buffer).getUint32(12);
  client.channel.close();
  await client.served;
  return type;
}

test.each<[NbdServerOptions, ClientOption['option'], number]>([
  [{ structuredReplies: false }, NBD_OPT_STRUCTURED_REPLY, UNSUP],
  [{ structuredReplies: false }, NBD_OPT_EXTENDED_HEADERS, UNSUP],
  [{ extendedHeaders: false }, NBD_OPT_EXTENDED_HEADERS, UNSUP],
  [{ metaContexts: false }, NBD_OPT_LIST_META_CONTEXT, UNSUP],
  [{ metaContexts: false }, NBD_OPT_SET_META_CONTEXT, UNSUP],
  [{ list: false }, NBD_OPT_LIST, POLICY],
  [{}, NBD_OPT_STARTTLS, UNSUP],
])('%j: option %i', async (options, option, type) => {
  expect(await answerTo(options, option)).toBe(type);
});

test('extended headers without structured replies', async () => {
  expect(await answerTo({ structuredReplies: false, extendedHeaders: true }, NBD_OPT_EXTENDED_HEADERS)).toBe(
    1,
  );
});

test('haggling itself: the export is named, and that is that', async () => {
  const { server } = serverOf(smallDisk(), { fixedNewstyle: false });
  const client = RawClient.greeted(server);
  expect(new DataView((await client.receive(18)).buffer).getUint16(16)).toBe(2);
  await client.send(Buffer.from('0000000249484156454f50540000000100000000', 'hex'));
  const answer = new DataView((await client.receive(10)).buffer);
  expect(answer.getBigUint64(0)).toBe(4096n);
  await client.send(read(1, 0, 4));
  expect((await client.reply(4)).data).toHaveLength(4);
  await client.disconnect();
});

test('block sizes may be insisted on', async () => {
  const { server } = serverOf(smallDisk(), { requireBlockSize: true });
  const careless = RawClient.greeted(server);
  expect(await careless.negotiate({ requestInfo: false })).toMatchObject({
    type: 'refused',
    error: { code: 'NBD_BLOCK_SIZE_REQUIRED' },
  });
  careless.channel.close();
  const client = await RawClient.open(server);
  await client.disconnect();
});
