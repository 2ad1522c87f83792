import * as nbd from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';

const exported = Object.entries(nbd) as [string, unknown][];
const named = (prefix: RegExp): [string, number][] =>
  exported.filter(
    (entry): entry is [string, number] => prefix.test(entry[0]) && typeof entry[1] === 'number',
  );

test.each([
  ['option', /^NBD_OPT_/, nbd.optionName, 11],
  ['option reply', /^NBD_REP_(?!MAGIC|FLAG)/, nbd.optionReplyName, 14],
  ['command', /^NBD_CMD_(?!FLAG)/, nbd.commandName, 9],
  ['information type', /^NBD_INFO_/, nbd.infoName, 4],
  ['chunk type', /^NBD_REPLY_TYPE_(?!ERROR_BIT)/, nbd.chunkTypeName, 7],
] as const)('every %s is known by its name', (_, prefix, name, count) => {
  const values = named(prefix);
  expect(values).toHaveLength(count);
  for (const [constant, value] of values) expect(name(value)).toBe(constant);
});

test('a value without a name is shown in hex', () => {
  expect(nbd.optionName(42)).toBe('option 0x0000002a');
  expect(nbd.optionReplyName(0x80000042)).toBe('reply 0x80000042');
  expect(nbd.commandName(42)).toBe('command 0x002a');
  expect(nbd.infoName(42)).toBe('information 0x002a');
  expect(nbd.chunkTypeName(42)).toBe('chunk type 0x002a');
  expect(nbd.chunkTypeName(0x802a)).toBe('error chunk 0x802a');
});

test('error values', () => {
  const values = named(/^NBD_E[A-Z]+$/);
  expect(values).toHaveLength(8);
  for (const [constant, value] of values) {
    expect(`NBD_${nbd.errnoName(value)}`).toBe(constant);
    expect(nbd.errnoValue(nbd.errnoName(value))).toBe(value);
  }
  expect(nbd.errnoName(2)).toBe('EINVAL');
  expect(nbd.errnoValue('ENOENT')).toBe(nbd.NBD_EINVAL);
  expect(['EDQUOT', 'EFBIG'].map(nbd.errnoValue)).toEqual([nbd.NBD_ENOSPC, nbd.NBD_ENOSPC]);
  expect(['EROFS', 'EACCES'].map(nbd.errnoValue)).toEqual([nbd.NBD_EPERM, nbd.NBD_EPERM]);
});

test('the halves of a magic make up the whole', () => {
  for (const [name, value] of exported) {
    if (typeof value !== 'bigint') continue;
    const half = (part: string): bigint =>
      BigInt((nbd as unknown as Record<string, number>)[`${name}_${part}`] as number);
    expect((half('HIGH') << 32n) | half('LOW'), name).toBe(value);
  }
});

test('metadata contexts and what their status means', () => {
  expect(nbd.NBD_CONTEXT_BASE_ALLOCATION).toBe('base:allocation');
  expect(nbd.NBD_CONTEXT_QEMU_ALLOCATION_DEPTH).toBe('qemu:allocation-depth');
  expect(nbd.NBD_CONTEXT_QEMU_DIRTY_BITMAP).toBe('qemu:dirty-bitmap:');
  expect([nbd.NBD_STATE_HOLE, nbd.NBD_STATE_ZERO, nbd.NBD_STATE_DIRTY]).toEqual([1, 2, 1]);
});
