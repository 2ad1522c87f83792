import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import '@coaio/aio-context';
import { expect, onTestFinished, test } from 'vitest';

test('loading another copy of the package in one thread is refused, both places are named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'second-copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(new URL('../dist', import.meta.url), folder, { recursive: true });
  const copy = pathToFileURL(join(folder, 'index.js')).href;
  await expect(import(/* @vite-ignore */ copy)).rejects.toMatchObject({
    code: 'COAIO_LOADED_TWICE',
    message: expect.stringMatching(
      /^@coaio\/aio-context is loaded twice in this thread, from .*\/dist\/.* and from .*\/second-copy-.*: dedup/,
    ),
  });
});
