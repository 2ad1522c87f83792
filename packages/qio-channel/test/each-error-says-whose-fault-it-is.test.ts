import { readFileSync } from 'node:fs';
import { QIOChannelError, type QIOChannelErrorCode } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const source = readFileSync(new URL('../src/qio-channel-error.ts', import.meta.url), 'utf8');
const codes = [...source.matchAll(/\| '(QIO_CHANNEL_\w+)'/g)].map(([, code]) => code as QIOChannelErrorCode);

test('whichever its code is', () => {
  expect(codes.length).toBeGreaterThan(20);
  for (const code of codes) {
    expect(['caller', 'peer', 'connection', 'system']).toContain(new QIOChannelError(code, 'm').fault);
  }
  expect(new QIOChannelError('QIO_CHANNEL_BUSY', 'm').fault).toBe('caller');
  expect(new QIOChannelError('QIO_CHANNEL_TLS_HOSTNAME', 'm').fault).toBe('peer');
});

test('and each is explained in the README', () => {
  const explained = new Set([...readme.matchAll(/`(QIO_CHANNEL_\w+)`/g)].map(([, code]) => code));
  expect(codes.filter((code) => !explained.has(code))).toEqual([]);
});
