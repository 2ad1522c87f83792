import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { outcome } from './support/run.js';
import {
  type StartServer,
  startLoggingNbdkit,
  startNbdkit,
  startNbdServer,
  startQemuNbd,
} from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

const command = `${dirname(createRequire(import.meta.url).resolve('nbd-bench/package.json'))}/dist/nbd-bench.js`;
const bench = (...args: string[]) => outcome(process.execPath, command, ...args);

const servers: [string, StartServer][] = [
  ['nbdkit', startNbdkit],
  ['qemu-nbd', startQemuNbd],
  ['nbd-server', startNbdServer],
];

for (const [name, start] of servers) {
  describeWith([name], name, () => {
    const folder = temporaryFolder();

    test.each(['randread', 'write'])('%s with two jobs: no errors, a row for each', async (rw) => {
      const server = await start(folder);
      const { status, stdout, stderr } = await bench(
        ...['--rw', rw, '--numjobs', '2', '--runtime', '0.5', '--output-format', 'json', server.uri],
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const { jobs, totals } = JSON.parse(stdout);
      expect(totals.errors).toBe(0);
      expect(totals.iops).toBeGreaterThan(0);
      expect(jobs).toHaveLength(2);
      await server.stop();
    });
  });
}

describeWith(['nbdkit'], 'verify', () => {
  const folder = temporaryFolder();

  test('what was written on several connections is there, also for a later run in other blocks', async () => {
    const server = await startNbdkit(folder);
    const load = ['--verify', '--runtime', '0.2', '--size', '1M', '--output-format', 'json', server.uri];
    const written = await bench('--rw', 'write', '--bs', '16k', '--connections', '3', ...load);
    expect(written).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(written.stdout).totals.verified).toBe(64);
    const read = await bench('--rw', 'randread', '--bs', '4k', '--numjobs', '2', ...load);
    expect(read).toMatchObject({ status: 0, stderr: '' });
    await server.stop();
  });
});

describeWith(['nbdkit'], 'nbdkit that is killed in the middle of a run', () => {
  const folder = temporaryFolder();

  test('ends the bench with a clear error and status 1', async () => {
    const log = `${folder}/log`;
    const server = await startLoggingNbdkit(folder, log);
    const running = bench('--runtime', '60', '--numjobs', '2', server.uri);
    // In the middle of its run: both jobs are connected and thousands of requests have been served.
    while (!existsSync(log) || statSync(log).size < 1_000_000) await delay(20);
    server.kill('SIGKILL');
    const { status, stderr } = await running;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^nbd-bench: .*(closed|ECONNRESET|EPIPE)/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describeWith(['nbdkit', 'fio', 'qemu-img', 'nbdcopy'], 'compare', () => {
  const folder = temporaryFolder();

  test('measures the rivals by turns', async () => {
    const server = await startNbdkit(folder);
    const { status, stdout, stderr } = await bench(
      ...['compare', '--runtime', '0.5', '--ramp-time', '0', '--rounds', '1', '--bs', '64k', server.uri],
      ...['--output-format', 'json'],
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const [{ rivals }] = JSON.parse(stdout).loads;
    const names = rivals.map((rival: { name: string }) => rival.name).toSorted();
    expect(names).toEqual(['fio', 'nbdcopy', 'qemu-img', 'raw-loop', 'raw-loop-structured']);
    for (const rival of rivals) expect(rival.medianRatio).toBeGreaterThan(0);
    await server.stop();
  });
});
