import { expect, test } from 'vitest';
import { fakeFio } from './support/fake-fio.js';
import { fakeProgram } from './support/fake-program.js';
import { newFolder } from './support/new-folder.js';
import { startCli } from './support/run-cli.js';

const PRELOAD = new URL('./children/interrupts-all-at-its-start.mjs', import.meta.url).href;
const NOTHING_YET = {
  status: 130,
  stdout: '',
  stderr: 'nbd-bench: interrupted by SIGINT before anything was measured\n',
};

test('Ctrl-C while its server is starting', async () => {
  const path = newFolder();
  fakeFio(path);
  const env = { PATH: path, NODE_OPTIONS: `--import=${PRELOAD}` };
  // A group of its own, as a shell's job has.
  expect(await startCli(['compare'], env, { detached: true }).ended).toEqual(NOTHING_YET);
});

test('while it looks for rivals', async () => {
  const path = newFolder();
  fakeProgram(path, 'qemu-img', "process.kill(process.ppid, 'SIGINT'); setInterval(() => {}, 1000);");
  const args = ['compare', '--rival', 'qemu-img'];
  expect(await startCli(args, { PATH: path }).ended).toEqual(NOTHING_YET);
});
