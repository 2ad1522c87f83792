import { type Co, coAwait } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import {
  NBD_INFO_BLOCK_SIZE,
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_GO,
  NBD_OPT_LIST,
  NBD_REP_ACK,
  NBD_REP_ERR_SHUTDOWN,
  NBD_REP_ERR_TLS_REQD,
  NBD_REP_ERR_UNKNOWN,
  NBD_REP_INFO,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import {
  type BytePeer,
  FLAGS,
  goes,
  infoExport,
  meets,
  optionReply,
  serveRead,
  u16,
  u32,
  u64,
  useOnce,
} from './support/byte-server.js';
import { settle } from './support/drive.js';

type Script = (peer: BytePeer) => Co<unknown>;
const GIB_4 = 0xffffffff;

/** What a server answers to NBD_OPT_GO, the others having been refused. */
function answersGo(...bytes: Uint8Array[]): Script {
  return function* (peer) {
    yield* peer.greet();
    yield* peer.until(NBD_OPT_GO);
    yield* peer.send(...bytes);
    yield* peer.restOf();
  };
}

const info = (...parts: Uint8Array[]): Buffer => optionReply(NBD_OPT_GO, NBD_REP_INFO, Buffer.concat(parts));
const ack = optionReply(NBD_OPT_GO, NBD_REP_ACK);

const failing: [string, Script, string][] = [
  ['nothing', answersGo(), 'NBD_TIMEOUT'],
  ['half a reply', answersGo(goes().subarray(0, 25)), 'NBD_TIMEOUT'],
  ['a wrong magic', answersGo(new Uint8Array(20)), 'NBD_BAD_MAGIC'],
  ['an answer to another option', answersGo(optionReply(NBD_OPT_LIST, NBD_REP_ACK)), 'NBD_BAD_OPTION_REPLY'],
  [
    '4 GiB, as it claims',
    answersGo(optionReply(NBD_OPT_GO, NBD_REP_INFO, u16(0), GIB_4)),
    'NBD_REPLY_TOO_LARGE',
  ],
  [
    'an error text of 4 GiB',
    answersGo(optionReply(NBD_OPT_GO, NBD_REP_ERR_UNKNOWN, u16(0), GIB_4)),
    'NBD_REPLY_TOO_LARGE',
  ],
  ['NBD_REP_ACK without NBD_INFO_EXPORT', answersGo(ack), 'NBD_BAD_OPTION_REPLY'],
  ['flags of 0', answersGo(info(infoExport(4096n, 0)), ack), 'NBD_BAD_EXPORT_INFO'],
  ['a short NBD_INFO_EXPORT', answersGo(info(u16(0), u32(7)), ack), 'NBD_BAD_OPTION_REPLY'],
  [
    'block sizes that cannot be',
    answersGo(info(infoExport()), info(u16(NBD_INFO_BLOCK_SIZE), u32(3), u32(4096), u32(4096)), ack),
    'NBD_BAD_EXPORT_INFO',
  ],
  [
    'that the export is unknown',
    answersGo(optionReply(NBD_OPT_GO, NBD_REP_ERR_UNKNOWN)),
    'NBD_EXPORT_UNKNOWN',
  ],
  ['that it shuts down', answersGo(optionReply(NBD_OPT_GO, NBD_REP_ERR_SHUTDOWN)), 'NBD_SHUTDOWN'],
  ['that it wants TLS', answersGo(optionReply(NBD_OPT_GO, NBD_REP_ERR_TLS_REQD)), 'NBD_TLS_REQUIRED'],
  ['an error that nobody knows', answersGo(optionReply(NBD_OPT_GO, 0x80001234)), 'NBD_OPTION_REFUSED'],
];

test.each(failing)('to NBD_OPT_GO: %s', async (_what, script, code) => {
  const { outcome } = await meets(script, (options) => NbdClient.connect(options));
  expect(outcome).toMatchObject({ reason: { code } });
});

test('the server’s words are in the error, made safe', async () => {
  const script = answersGo(
    optionReply(NBD_OPT_GO, NBD_REP_ERR_UNKNOWN, Buffer.from('no \u001b[31mdisk\u0000')),
  );
  const { outcome } = await meets(script, (options) => NbdClient.connect(options));
  const { message } = (outcome as PromiseRejectedResult).reason as Error;
  expect(message).toContain('disk');
  expect([...message].every((letter) => letter >= ' ')).toBe(true);
});

test('information of an unknown type is ignored', async () => {
  const script: Script = function* (peer) {
    yield* peer.greet();
    yield* peer.until(NBD_OPT_GO);
    yield* peer.send(info(u16(99), u64(1n)), goes(infoExport(2n ** 63n)));
    yield* serveRead(peer);
  };
  const { outcome } = await meets(script, useOnce);
  expect(outcome).toMatchObject({ value: `${2n ** 63n} false data` });
});

test('one that knows no option but NBD_OPT_EXPORT_NAME is asked that, with and without its zeroes', async () => {
  for (const flags of [1, 3]) {
    const script: Script = function* (peer) {
      yield* peer.greet(flags);
      yield* peer.until(NBD_OPT_EXPORT_NAME);
      yield* peer.send(u64(4096n), u16(FLAGS), new Uint8Array(flags === 3 ? 0 : 124));
      yield* serveRead(peer);
    };
    const { outcome } = await meets(script, useOnce);
    expect(outcome).toMatchObject({ value: '4096 false data' });
  }
});

const exportNames: [string, Uint8Array[], string][] = [
  ['closes', [], 'NBD_OPTION_REFUSED'],
  ['closes in the middle', [u64(4096n)], 'NBD_UNEXPECTED_EOF'],
  ['says flags of 0', [u64(4096n), u16(0)], 'NBD_BAD_EXPORT_INFO'],
];

test.each(exportNames)('to NBD_OPT_EXPORT_NAME it %s', async (_what, bytes, code) => {
  const script: Script = function* (peer) {
    yield* peer.greet();
    yield* peer.until(NBD_OPT_EXPORT_NAME);
    yield* peer.send(...bytes);
  };
  const { outcome } = await meets(script, (options) => NbdClient.connect(options));
  expect(outcome).toMatchObject({ reason: { code } });
});

test('one that answers for ever is given up', async () => {
  const script: Script = function* (peer) {
    yield* peer.greet();
    yield* peer.until(NBD_OPT_GO);
    for (;;) {
      yield* peer.send(info(u16(99), new Uint8Array(1000)));
      yield* coAwait(settle(1));
    }
  };
  const { outcome } = await meets(script, (options) => NbdClient.connect(options));
  expect(outcome).toMatchObject({ reason: { code: expect.stringMatching(/^NBD_/) } });
});
