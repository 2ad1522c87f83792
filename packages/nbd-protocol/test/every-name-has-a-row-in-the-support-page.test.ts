import { existsSync, readFileSync } from 'node:fs';
import * as nbd from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';

const page = new URL('../../../docs/nbd-support.md', import.meta.url);
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `NBD_'))
  .map((line) => {
    const [, names = '', ...cells] = line.split('|').map((cell) => cell.trim());
    return { names: Array.from(names.matchAll(/`(NBD_\w+)`/g), (match) => match[1] as string), cells };
  });

test('each exported name once, and no other', () => {
  const exported = Object.keys(nbd).filter((name) => name.startsWith('NBD_'));
  expect(exported.length).toBeGreaterThan(100);
  expect(rows.flatMap(({ names }) => names).sort()).toEqual(exported.sort());
});

test.each(rows)('$names', ({ names, cells }) => {
  const [codec = '', tests = '', client, server] = cells;
  expect(client).not.toBe('');
  expect(server).not.toBe('');
  const links = (cell: string): string[] =>
    Array.from(cell.matchAll(/\]\(([^)]+)\)/g), (match) => match[1] as string);
  expect(links(codec), 'a link to the code').toHaveLength(1);
  expect(links(tests).length, 'a link to a test').toBeGreaterThan(0);
  for (const link of [...links(codec), ...links(tests)]) {
    expect(existsSync(new URL(link, page)), link).toBe(true);
  }
  expect(names.length).toBeGreaterThan(0);
});
