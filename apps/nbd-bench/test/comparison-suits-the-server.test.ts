import { MemoryExport } from '@coaio/nbd-server';
import { expect, test } from 'vitest';
import { leaveOutUnfit } from '../src/compare/find-rivals.js';
import type { RivalName } from '../src/compare/rivals.js';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

const SHORT = ['--runtime', '0.05', '--ramp-time', '0', '--rounds', '1'];

test('structured replies that the server does not have: that rival is named and skipped', async () => {
  const uri = await serve(new MemoryExport(2 ** 20), {}, { structuredReplies: false });
  // None of the others is installed.
  const env = { PATH: newFolder() };
  const { status, stdout, stderr } = await runCli(['compare', uri, ...SHORT], env);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('\nskipped fio: not installed, or without NBD\n');
  expect(stdout).toContain('\nskipped raw-loop-structured: the server has no structured replies\n');
  expect(stdout).toMatch(/\nraw-loop +[0-9.]+ +randread[^\n]*\n$/);
  const json = await runCli(['compare', uri, ...SHORT, '--output-format', 'json'], env);
  expect(JSON.parse(json.stdout).skipped).toEqual(['fio', 'qemu-img', 'nbdcopy', 'raw-loop-structured']);
});

test('both raw loops are measured where it has them', async () => {
  const uri = await serve(new MemoryExport(2 ** 20));
  const { status, stdout } = await runCli(['compare', uri, ...SHORT], { PATH: newFolder() });
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /\nraw-loop +[0-9.]+ +randread[^\n]*\nraw-loop-structured +[0-9.]+ +randread[^\n]*\n$/,
  );
});

test('the raw loops are left out of a comparison over TLS', () => {
  const versions = new Map<RivalName, string>([
    ['fio', '9.9'],
    ['raw-loop', '1'],
    ['raw-loop-structured', '1'],
  ]);
  const skipped = [{ name: 'nbdcopy', why: 'not installed, or without NBD' }];
  const left = leaveOutUnfit({ versions, skipped }, { tls: true, structuredReplies: true });
  expect([...left.versions]).toEqual([['fio', '9.9']]);
  expect(left.skipped).toEqual([
    ...skipped,
    { name: 'raw-loop', why: 'it has no TLS' },
    { name: 'raw-loop-structured', why: 'it has no TLS' },
  ]);
});

test('with no rival left there is nothing to compare', async () => {
  const uri = await serve(new MemoryExport(2 ** 20), {}, { structuredReplies: false });
  expect(await runCli(['compare', uri, '--rival', 'raw-loop-structured'])).toEqual({
    status: 1,
    stdout: '',
    stderr:
      'nbd-bench: no rival can measure this server: raw-loop-structured: the server has no structured replies\n',
  });
});

test.each([
  [['compare', '--rw', 'read,write', '--rival', 'raw-loop'], '--rw write: export "" is read-only'],
  [
    ['compare', '--bs', '4k,2M', '--rival', 'raw-loop'],
    '--bs 2097152 is larger than the export, which has 1048576 bytes',
  ],
  [['sweep', '--bs', '4k,2M'], '--bs 2097152 is larger than the export, which has 1048576 bytes'],
])('%s: a load that the export cannot take is told before anything is measured', async (args, message) => {
  let reads = 0;
  const uri = await serve(
    readsThrough(2 ** 20, () => void reads++),
    { readOnly: true },
  );
  expect(await runCli([...args, uri])).toEqual({ status: 2, stdout: '', stderr: `nbd-bench: ${message}\n` });
  expect(reads).toBe(0);
});
