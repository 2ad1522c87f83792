import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandLine } from '../src/output/report/command-line.js';
import { fakeProgram } from './support/fake-program.js';
import { newFolder } from './support/new-folder.js';

test('a shell makes the same arguments of it', () => {
  const args = [
    ...['run', 'nbd+unix:///?socket=/tmp/nbd.sock', '--bs', '4k', '--report', "it's $HOME & more.html"],
    ...['', '*', 'a;b', '\\', '"', '~', 'ü', 'two\nlines', '--rw=randread', '#'],
  ];
  const path = newFolder();
  fakeProgram(path, 'nbd-bench', 'process.stdout.write(JSON.stringify(args))');
  const stdout = execFileSync('/bin/sh', ['-c', commandLine(args)], {
    env: { PATH: path },
    encoding: 'utf8',
  });
  expect(JSON.parse(stdout)).toEqual(args);
});

test('plain ones stay plain', () => {
  expect(commandLine(['sweep', '--bs', '4k,64k', 'nbd://localhost:10809/disk'])).toBe(
    'nbd-bench sweep --bs 4k,64k nbd://localhost:10809/disk',
  );
});
