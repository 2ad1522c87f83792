import { expect, test } from 'vitest';
import {
  injectDelays,
  injectErrors,
  MemoryExport,
  type NbdBackend,
  NullExport,
  record,
} from '../src/index.js';
import { done } from './support/backend-calls.js';

const WRAPPERS: [string, (inner: NbdBackend) => NbdBackend][] = [
  ['injectErrors', (inner) => injectErrors(inner, [])],
  ['injectDelays', (inner) => injectDelays(inner, [])],
  ['record', (inner) => record(inner, () => {})],
];
const OPTIONAL = [
  'readOnly',
  'blockSize',
  'rotational',
  'canFastZero',
  'write',
  'flush',
  'trim',
  'writeZeroes',
  'cache',
  'extents',
  'metaContexts',
  'close',
] as const;

const members = (backend: NbdBackend): string[] => OPTIONAL.filter((name) => backend[name] !== undefined);

test.each(WRAPPERS)('%s', async (_, wrap) => {
  const whole: Required<Omit<NbdBackend, 'view' | 'landing'>> = {
    size: 10n,
    readOnly: false,
    blockSize: { minimum: 1, preferred: 1, maximum: 2 ** 20 },
    rotational: true,
    canFastZero: true,
    read: () => {},
    write: () => {},
    flush: () => {},
    trim: () => {},
    writeZeroes: () => {},
    cache: () => {},
    extents: () => [{ length: 1, status: 0 }],
    metaContexts: new Map([['example:dirty', () => [{ length: 2, status: 5n }]]]),
    close: () => {},
  };
  const wrapped = wrap(whole);
  expect(members(wrapped)).toEqual([...OPTIONAL]);
  expect(wrapped).toMatchObject({
    size: 10n,
    rotational: true,
    canFastZero: true,
    blockSize: whole.blockSize,
  });
  const dirty = wrapped.metaContexts?.get('example:dirty');
  expect(await done(() => dirty!(0, 10, { one: true }))).toEqual([{ length: 2, status: 5n }]);
  const least: NbdBackend = { size: 5, read: () => {} };
  expect(members(wrap(least))).toEqual([]);
  for (const disk of [new MemoryExport(5), new NullExport(5)]) {
    expect(members(wrap(disk))).toEqual(members(disk));
    expect(wrap(disk).view).toBeUndefined();
    expect(wrap(disk).landing).toBeUndefined();
  }
});

test.each(WRAPPERS)('%s has the size that the inner one has now', (_, wrap) => {
  const disk = new MemoryExport(5);
  const wrapped = wrap(disk);
  disk.resize(7);
  expect(wrapped.size).toBe(7);
});
