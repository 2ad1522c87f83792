import type { Co } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { NBD_OPT_LIST, NBD_REP_ACK, NBD_REP_ERR_POLICY, NBD_REP_SERVER } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { type BytePeer, meets, optionReply, u32 } from './support/byte-server.js';

function entry(name: string, length = Buffer.byteLength(name)): Buffer {
  return optionReply(NBD_OPT_LIST, NBD_REP_SERVER, Buffer.concat([u32(length), Buffer.from(name)]));
}

const ack = optionReply(NBD_OPT_LIST, NBD_REP_ACK);

function answers(...bytes: Uint8Array[]) {
  return function* (peer: BytePeer): Co<void> {
    yield* peer.greet();
    yield* peer.until(NBD_OPT_LIST);
    yield* peer.send(...bytes);
  };
}

const short = [0, 1, 2, 3].map((length): [string, Uint8Array[], string] => [
  `an entry of ${length} bytes`,
  [optionReply(NBD_OPT_LIST, NBD_REP_SERVER, new Uint8Array(length)), ack],
  'NBD_BAD_OPTION_REPLY',
]);

test.each([
  ...short,
  ['a name longer than its entry', [entry('disk', 5), ack], 'NBD_BAD_OPTION_REPLY'],
  ['a name of 4 GiB', [entry('disk', 0xffffffff), ack], 'NBD_BAD_OPTION_REPLY'],
  ['an error after entries', [entry('a'), optionReply(NBD_OPT_LIST, NBD_REP_ERR_POLICY)], 'NBD_POLICY'],
  ['entries without an end', [entry('a'), entry('b')], 'NBD_UNEXPECTED_EOF'],
] satisfies [string, Uint8Array[], string][])('%s', async (_what, bytes, code) => {
  const { outcome } = await meets(answers(...bytes), (options) => NbdClient.list(options));
  expect(outcome).toMatchObject({ status: 'rejected', reason: { code } });
});

test('a list without end is given up', async () => {
  const script = function* (peer: BytePeer): Co<void> {
    yield* peer.greet();
    yield* peer.until(NBD_OPT_LIST);
    for (let count = 0; ; count++) yield* peer.send(entry(`export ${count}`));
  };
  const { outcome } = await meets(script, (options) => NbdClient.list(options));
  expect(outcome).toMatchObject({ reason: { code: 'NBD_TOO_MANY_EXPORTS' } });
});

test('NBD_OPT_ABORT that nobody answers spoils no list', async () => {
  const { outcome } = await meets(answers(entry('a'), entry('b'), ack), (options) => NbdClient.list(options));
  expect(outcome).toMatchObject({ value: [{ name: 'a' }, { name: 'b' }] });
});
