import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeFio } from './support/fake-fio.js';
import { fakeProgram } from './support/fake-program.js';
import { textsOf } from './support/html-elements.js';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';
import { serveUntil } from './support/serve-until.js';

const SHORT = ['--runtime', '0.05', '--ramp-time', '0'];

test('compare: the pairs before the turn that failed, then why it failed', async () => {
  const path = newFolder();
  fakeFio(path);
  fakeProgram(
    path,
    'qemu-img',
    `if (args[0] === '--version') console.log('qemu-img version 9.9.9');
     else { console.error('no luck'); process.exit(3); }`,
  );
  const file = join(newFolder(), 'report.html');
  const args = ['compare', ...SHORT, '--rival', 'fio,qemu-img', '--report', file];
  const table = await runCli(args, { PATH: path });
  expect(table).toMatchObject({ status: 1, stderr: 'nbd-bench: qemu-img: no luck\n' });
  expect(table.stdout).toMatch(/\nfio +9\.9 +randread [^\n]+\n$/);
  expect(textsOf(readFileSync(file, 'utf8'), 'p').join()).toContain('qemu-img: no luck');
  const json = await runCli([...args, '--output-format', 'json'], { PATH: path });
  const { loads, error } = JSON.parse(json.stdout);
  expect(loads[0].rounds).toMatchObject([{ round: 1, name: 'fio' }]);
  expect(error).toBe('qemu-img: no luck');
});

// With the first read of a load there is nothing to tell of it; the other way it has a row of its own.
test.each([
  [1, [4096]],
  [100, [4096, 8192]],
])('sweep: a server that dies in read %i of the second load', async (read, measured) => {
  const uri = await serveUntil(read, 8192);
  const args = ['sweep', uri, '--numjobs', '1', '--iodepth', '1', '--bs', '4k,8k,16k', ...SHORT];
  const { status, stdout, stderr } = await runCli([...args, '--runtime', '1', '--output-format', 'json']);
  const { points, error } = JSON.parse(stdout);
  expect(points.map(({ bs }: { bs: number }) => bs)).toEqual(measured);
  expect(error).toMatch(/^job 1: read of 8192 bytes at [0-9]+: [^\n]+$/);
  expect(stderr).toBe(`nbd-bench: ${error}\n`);
  expect(status).toBe(1);
});
