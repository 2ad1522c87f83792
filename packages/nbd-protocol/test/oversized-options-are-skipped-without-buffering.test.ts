import {
  NBD_OPT_ABORT,
  NBD_OPT_GO,
  NBD_OPT_LIST,
  NBD_REP_ACK,
  NBD_REP_ERR_TOO_BIG,
  NBD_REP_ERR_UNSUP,
  NEED_MORE,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { DISK, directoryOf } from './support/handshake-pair.js';
import { concat, greeting, IHAVEOPT, option, optionReply, text, u32 } from './support/wire.js';

const TOO_BIG = 'option data exceeds the limit of 65536 bytes';

test.each<[number, number, number, string]>([
  [NBD_OPT_GO, 65537, NBD_REP_ERR_TOO_BIG, TOO_BIG],
  [NBD_OPT_LIST, 32 * 1024 * 1024, NBD_REP_ERR_TOO_BIG, TOO_BIG],
  [4, 1 << 20, NBD_REP_ERR_UNSUP, 'NBD_OPT_PEEK_EXPORT is not supported'],
])('option %i with %i bytes', (number, length, reply, words) => {
  const server = new ServerHandshake({ directory: directoryOf(DISK) });
  server.receive(concat(u32(3), IHAVEOPT, u32(number), u32(length)));
  const piece = new Uint8Array(60_000);
  const before = process.memoryUsage().arrayBuffers;
  for (let left = length; left > 0; left -= piece.length) {
    server.receive(piece.subarray(0, Math.min(piece.length, left)));
    expect(server.nextEvent()).toBe(NEED_MORE);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 << 20);
  server.receive(option(NBD_OPT_ABORT));
  expect(server.nextEvent()).toEqual({ type: 'aborted' });
  expect(server.takeOutgoing()).toEqual(
    concat(greeting(3), optionReply(number, reply, text(words)), optionReply(NBD_OPT_ABORT, NBD_REP_ACK)),
  );
});

test('an oversized NBD_OPT_ABORT is still an NBD_OPT_ABORT', () => {
  const server = new ServerHandshake({ directory: directoryOf(DISK) });
  server.receive(concat(u32(3), option(NBD_OPT_ABORT, new Uint8Array(70_000))));
  expect(server.nextEvent()).toEqual({ type: 'aborted' });
  expect(server.takeOutgoing()).toEqual(concat(greeting(3), optionReply(NBD_OPT_ABORT, NBD_REP_ACK)));
});
