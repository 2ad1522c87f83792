import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textsOf } from './support/html-elements.js';
import { newFolder } from './support/new-folder.js';
import { type Running, startCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

test('with the figures of the time before', async () => {
  let reads = 0;
  let bench: Running | undefined;
  const uri = await serve(
    readsThrough(2 ** 20, () => {
      if (++reads === 1000) bench?.kill('SIGINT');
    }),
  );
  const file = join(newFolder(), 'report.html');
  bench = startCli([uri, '--runtime', '600', '--report', file]);
  const { status, stdout } = await bench.ended;
  expect(status).toBe(130);
  expect(stdout).toMatch(/\nload [^\n]* s, interrupted\n/);
  expect(stdout).toMatch(/\ntotal /);
  const page = readFileSync(file, 'utf8');
  expect(textsOf(page, 'p')).toContain(' interrupted: the figures are of the time before.');
  expect(textsOf(page, 'td')[0]).toBe('total');
});
