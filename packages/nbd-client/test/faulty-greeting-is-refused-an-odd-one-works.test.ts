import type { Co } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { NBD_OPT_EXPORT_NAME, NBD_OPT_GO } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import {
  type BytePeer,
  FLAGS,
  goes,
  greeting,
  meets,
  serveRead,
  u16,
  u32,
  u64,
  useOnce,
} from './support/byte-server.js';

type Script = (peer: BytePeer) => Co<unknown>;

const refused: [string, Script, string][] = [
  ['nothing, and closes', function* () {}, 'NBD_UNEXPECTED_EOF'],
  ['nothing', (peer) => peer.restOf(), 'NBD_TIMEOUT'],
  ['half of it, and closes', (peer) => peer.send(greeting().subarray(0, 9)), 'NBD_UNEXPECTED_EOF'],
  [
    'half of it',
    function* (peer) {
      yield* peer.send(greeting().subarray(0, 9));
      yield* peer.restOf();
    },
    'NBD_TIMEOUT',
  ],
  ['HTTP', (peer) => peer.send(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')), 'NBD_BAD_MAGIC'],
  ['a wrong second magic', (peer) => peer.send(Buffer.from('NBDMAGICNONSENSE00')), 'NBD_BAD_GREETING'],
  ['all zeroes', (peer) => peer.send(new Uint8Array(200)), 'NBD_BAD_MAGIC'],
];

test.each(refused)('a server that says %s', async (_what, script, code) => {
  const { outcome } = await meets(script, (options) => NbdClient.connect(options));
  expect(outcome).toMatchObject({ reason: { code } });
});

test('one that comes byte by byte works', async () => {
  const script: Script = function* (peer) {
    yield* peer.greet();
    yield* peer.until(NBD_OPT_GO);
    yield* peer.send(goes());
    yield* serveRead(peer);
  };
  const { outcome } = await meets(script, useOnce, {}, { maxTransfer: 1 });
  expect(outcome).toMatchObject({ value: '4096 false data' });
});

test('unknown flags are ignored, and not said back', async () => {
  const script: Script = function* (peer) {
    yield* peer.greet(0xffff);
    yield* peer.until(NBD_OPT_GO);
    yield* peer.send(goes());
    yield* serveRead(peer);
  };
  const { outcome, peer } = await meets(script, useOnce);
  expect(outcome).toMatchObject({ value: '4096 false data' });
  expect(peer.clientFlags).toBe(3);
});

test('NBD_FLAG_NO_ZEROES is not claimed where it was not offered', async () => {
  const script: Script = function* (peer) {
    yield* peer.greet(1);
    yield* peer.until(NBD_OPT_GO);
    yield* peer.send(goes());
    yield* serveRead(peer);
  };
  const { outcome, peer } = await meets(script, useOnce);
  expect(outcome).toMatchObject({ value: '4096 false data' });
  expect(peer.clientFlags).toBe(1);
});

test('a server that is not fixed newstyle is sent NBD_OPT_EXPORT_NAME alone', async () => {
  const script: Script = function* (peer) {
    yield* peer.greet(0);
    yield* peer.option();
    yield* peer.send(u64(4096n), u16(FLAGS), new Uint8Array(124));
    yield* serveRead(peer);
  };
  const { outcome, peer } = await meets(script, useOnce, { exportName: 'disk' });
  expect(outcome).toMatchObject({ value: '4096 false data' });
  expect(peer.options).toEqual([{ option: NBD_OPT_EXPORT_NAME, data: Buffer.from('disk') }]);
});

test('an oldstyle server works', async () => {
  const script: Script = function* (peer) {
    yield* peer.send(
      Buffer.from('NBDMAGIC'),
      u64(0x00420281861253n),
      u64(4096n),
      u32(FLAGS),
      new Uint8Array(124),
    );
    yield* serveRead(peer);
  };
  const { outcome } = await meets(script, useOnce);
  expect(outcome).toMatchObject({ value: '4096 false data' });
});
