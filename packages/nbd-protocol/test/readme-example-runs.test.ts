import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(`${root}/README.md`, 'utf8');
const fences = Array.from(readme.matchAll(/^```ts\n(.*?)^```$/gms), (match) => match[1] as string);

test('there is an example', () => {
  expect(fences.length).toBeGreaterThan(0);
});

test.each(fences.map((code, index) => [index + 1, code]))(
  'example %i prints what it says',
  async (_, code) => {
    const promised = Array.from(String(code).matchAll(/\/\/ => (.*)$/gm), (match) => match[1]);
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
      printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '));
    });
    // Inside the package, so that it resolves its own name. The example keeps to the JavaScript part of TypeScript.
    const folder = mkdtempSync(`${root}/test/.readme-`);
    try {
      writeFileSync(`${folder}/example.mjs`, String(code));
      await import(/* @vite-ignore */ pathToFileURL(`${folder}/example.mjs`).href);
    } finally {
      rmSync(folder, { recursive: true });
      log.mockRestore();
    }
    expect(printed).toEqual(promised);
  },
);
