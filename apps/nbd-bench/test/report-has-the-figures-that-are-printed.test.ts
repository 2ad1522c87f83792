import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeFio } from './support/fake-fio.js';
import { textsOf } from './support/html-elements.js';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

const SHORT = ['--runtime', '0.05', '--ramp-time', '0'];

/** The words of the rows below `head`, until one is empty. */
function printedRows(stdout: string, head: RegExp): string[] {
  const lines = stdout.split('\n');
  const first = lines.findIndex((line) => head.test(line)) + 1;
  return lines.slice(first, lines.indexOf('', first)).map((line) => line.trim().replace(/ {2,}/g, '|'));
}

async function measured(args: string[], env?: NodeJS.ProcessEnv) {
  const file = join(newFolder(), 'report.html');
  const ended = await runCli([...args, ...SHORT, '--report', file], env);
  return { ...ended, page: readFileSync(file, 'utf8') };
}

test('run: the rows of the table, and what it says above', async () => {
  const uri = await serve(readsThrough(2 ** 20, () => {}));
  const { stdout, page } = await measured([uri, '--numjobs', '2']);
  const cells = textsOf(page, 'td').filter((cell) => cell !== '');
  expect(cells.join('|')).toBe(printedRows(stdout, /IOPS/).join('|'));
  const [server, exported, load] = stdout.split('\n').map((line) => line.slice('server  '.length));
  expect(textsOf(page, 'dd').slice(0, 3)).toEqual([server, exported, load]);
});

test('sweep: the best, then all', async () => {
  const { stdout, page } = await measured(['sweep', '--numjobs', '1', '--iodepth', '1,2', '--bs', '4k']);
  const [all, best] = [stdout, stdout.slice(stdout.indexOf('\nbest'))].map((text) =>
    printedRows(text, /^jobs/),
  );
  expect(all).toHaveLength(2);
  expect(best).toHaveLength(1);
  expect(textsOf(page, 'td').join('|')).toBe([...(best ?? []), ...(all ?? [])].join('|'));
});

test('compare: the ratios, and the version of the rival', async () => {
  const path = newFolder();
  fakeFio(path, '9.8.7');
  const args = ['compare', '--rival', 'fio', '--rounds', '2', '--iodepth', '4'];
  const { stdout, page } = await measured(args, { PATH: path });
  const [row = ''] = printedRows(stdout, /^rival/);
  const [name, version, load, ...figures] = row.split('|');
  expect(textsOf(page, 'td')).toEqual([name, load, '4 KiB', '4', ...figures]);
  expect(textsOf(page, 'dt')).toContain('fio');
  expect(textsOf(page, 'dd')).toContain(version);
});

test('I/O errors are said before anything else', async () => {
  const uri = await serve(
    readsThrough(2 ** 20, () => {
      throw Object.assign(new Error('bad sector'), { code: 'EIO' });
    }),
  );
  const { status, stderr, page } = await measured([uri]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^nbd-bench: [0-9]+ I\/O errors, the first: /);
  const [warning = ''] = textsOf(page, 'p').filter((text) => text.includes('I/O errors'));
  expect(stderr).toBe(`nbd-bench: ${warning.trim()}\n`);
  expect(textsOf(page, 'p')[0]).toBe('No I/O succeeded.');
  expect(textsOf(page, 'svg')).toEqual([]);
});
