import { expect, test } from 'vitest';
import { jsonDocument } from '../src/output/json-document.js';

test.each([
  [0n, '0'],
  [2n ** 53n - 1n, '9007199254740991'],
  [2n ** 53n, '"9007199254740992"'],
  [2n ** 64n - 1n, '"18446744073709551615"'],
])('%s', (size, text) => {
  expect(jsonDocument({ size })).toBe(`{\n  "size": ${text}\n}\n`);
});
