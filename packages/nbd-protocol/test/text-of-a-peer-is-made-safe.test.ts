import { MAX_STRING, messageBytes, safeText } from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { text } from './support/wire.js';

test.each([
  ['escape sequence', text('\u001b[2Jgone'), '\ufffd[2Jgone'],
  ['forged line', text('ok\r\nroot logged in'), 'ok\ufffd\ufffdroot logged in'],
  ['8-bit control', text('\u009b31m'), '\ufffd31m'],
  ['line separator', text('a\u2028b'), 'a\ufffdb'],
  ['reversed order', text('\u202egnp.exe'), '\ufffdgnp.exe'],
  ['NUL', text('a\0b'), 'a\ufffdb'],
  ['not UTF-8', Uint8Array.of(0x61, 0xff, 0x62), 'a\ufffdb'],
  ['ordinary text', text('d\u00e9j\u00e0 vu \u{1f4be}'), 'd\u00e9j\u00e0 vu \u{1f4be}'],
])('%s', (_, bytes, expected) => {
  expect(safeText(bytes)).toBe(expected);
});

test('never over 4096 bytes, never half a character', () => {
  expect(safeText(text('x'.repeat(5000)))).toBe('x'.repeat(4096));
  expect(safeText(text(`x${'\u{1f4be}'.repeat(2000)}`))).toBe(`x${'\u{1f4be}'.repeat(1023)}`);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6000, size: 'max' }), (bytes) => {
      const safe = safeText(bytes);
      expect(text(safe).length).toBeLessThanOrEqual(MAX_STRING);
      expect(safe).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test('messageBytes() cuts at a character', () => {
  expect(messageBytes('short')).toEqual(text('short'));
  expect(messageBytes(`x${'\u{1f4be}'.repeat(2000)}`)).toEqual(text(`x${'\u{1f4be}'.repeat(1023)}`));
});
