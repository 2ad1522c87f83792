import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

test.each(files)('%s', (file) => {
  const source = readFileSync(`${src}/${file}`, 'utf8');
  const imports = Array.from(source.matchAll(/\bfrom '([^']+)'/g), (match) => match[1]);
  for (const name of imports) expect(name).toMatch(/^\.{1,2}\//);
  expect(source).not.toMatch(
    /\brequire\(|\b(Buffer|process|setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\b/,
  );
  expect(source).not.toMatch(/\b(Date|performance|console|globalThis)\b|\basync\b|\bawait\b|import\(/);
  expect(source.split('\n').length).toBeLessThanOrEqual(300);
});
