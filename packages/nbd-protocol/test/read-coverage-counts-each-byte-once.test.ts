import { ReadCoverage } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';

function read(length: number, run: (coverage: ReadCoverage) => void): () => void {
  return () => {
    const coverage = new ReadCoverage();
    coverage.begin(length);
    run(coverage);
    coverage.finish();
  };
}

function addAll(coverage: ReadCoverage, offsets: readonly number[], length: number): void {
  for (const at of offsets) coverage.add(at, length);
}

test.each<[string, number, (coverage: ReadCoverage) => void]>([
  ['one chunk', 4096, (c) => c.add(0, 4096)],
  ['ascending', 30, (c) => addAll(c, [0, 10, 20], 10)],
  ['descending', 30, (c) => addAll(c, [20, 10, 0], 10)],
  ['the middle last', 30, (c) => addAll(c, [0, 20, 10], 10)],
  ['nothing for nothing', 0, () => {}],
  ['over 32 bits', 2 ** 33, (c) => addAll(c, [2 ** 32, 0], 2 ** 32)],
  ['missing bytes after an error', 10, (c) => c.addError()],
  [
    'content first, then an error within it',
    10,
    (c) => {
      c.add(0, 10);
      c.addErrorAt(3);
    },
  ],
  [
    'an error offset repeated',
    10,
    (c) => {
      c.addErrorAt(3);
      c.addErrorAt(3);
    },
  ],
  [
    'content beside an error',
    10,
    (c) => {
      c.addErrorAt(3);
      c.add(0, 3);
      c.add(4, 6);
    },
  ],
])('legal: %s', (_, length, run) => {
  expect(read(length, run)).not.toThrow();
});

test.each<[string, number, (coverage: ReadCoverage) => void, string]>([
  [
    'twice',
    10,
    (c) => {
      c.add(0, 10);
      c.add(0, 10);
    },
    'chunk of 10 bytes at 0 overlaps an earlier chunk',
  ],
  [
    'overlap at the end',
    30,
    (c) => {
      c.add(20, 10);
      c.add(11, 10);
    },
    'chunk of 10 bytes at 11 overlaps an earlier chunk',
  ],
  [
    'overlap at the start',
    30,
    (c) => {
      c.add(10, 10);
      c.add(19, 2);
    },
    'chunk of 2 bytes at 19 overlaps an earlier chunk',
  ],
  [
    'around',
    30,
    (c) => {
      c.add(10, 10);
      c.add(0, 30);
    },
    'chunk of 30 bytes at 0 overlaps an earlier chunk',
  ],
  ['beyond the end', 10, (c) => c.add(5, 6), 'chunk of 6 bytes at 5 exceeds the request of 10 bytes'],
  ['before the start', 10, (c) => c.add(-1, 5), 'chunk of 5 bytes at -1 exceeds the request of 10 bytes'],
  [
    'far away',
    10,
    (c) => c.add(2 ** 64, 5),
    'chunk of 5 bytes at 18446744073709552000 exceeds the request of 10 bytes',
  ],
  ['no length', 10, (c) => c.add(0, 0), 'chunk of 0 bytes at 0, at least 1 needed'],
  ['missing end', 10, (c) => c.add(0, 9), 'reply ended without the bytes from 9 on, 10 were requested'],
  ['missing start', 10, (c) => c.add(1, 9), 'reply ended without the bytes from 0 on, 10 were requested'],
  ['nothing at all', 10, () => {}, 'reply ended without the bytes from 0 on, 10 were requested'],
  [
    'content after an error for it',
    10,
    (c) => {
      c.addErrorAt(3);
      c.add(0, 10);
    },
    'chunk of 10 bytes at 0 overlaps an earlier chunk',
  ],
  [
    'error beyond the end',
    10,
    (c) => c.addErrorAt(10),
    'error at offset 10 lies outside the request of 10 bytes',
  ],
])('illegal: %s', (_, length, run, detail) => {
  const error = thrown(read(length, run));
  expect(error).toMatchObject({ code: 'NBD_BAD_REPLY', message: `NBD_CMD_READ: ${detail}` });
});

test('begin() forgets the read before', () => {
  const coverage = new ReadCoverage();
  coverage.begin(10);
  coverage.add(5, 5);
  coverage.addError();
  coverage.begin(10);
  coverage.add(5, 5);
  expect(thrown(() => coverage.finish()).message).toContain('from 0 on');
});

test('32 MiB in 4 KiB pieces may come in the worst order, scattered crumbs may not', () => {
  const coverage = new ReadCoverage();
  coverage.begin(32 << 20);
  for (let at = 4096; at < 32 << 20; at += 8192) coverage.add(at, 4096);
  for (let at = 0; at < 32 << 20; at += 8192) coverage.add(at, 4096);
  coverage.finish();
  coverage.begin(32 << 20);
  const crumbs = (): void => {
    for (let at = 1; ; at += 2) coverage.add(at, 1);
  };
  expect(thrown(crumbs)).toMatchObject({
    code: 'NBD_REPLY_TOO_LARGE',
    message: 'NBD_CMD_READ: reply in over 4096 scattered pieces',
  });
});
