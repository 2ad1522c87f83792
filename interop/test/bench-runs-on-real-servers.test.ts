import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { outcome } from './support/run.js';
import { type StartServer, startNbdkit, startNbdServer, startQemuNbd } from './support/servers.js';
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

describeWith(['nbdkit'], 'nbdkit that is killed in the middle of a run', () => {
  const folder = temporaryFolder();

  test('ends the bench with a clear error and status 1', async () => {
    const server = await startNbdkit(folder);
    const running = bench('--runtime', '60', '--numjobs', '2', server.uri);
    // The bench is in the middle of its run once the server has been asked a lot.
    const { NbdClient } = await import('@coaio/nbd-client');
    const client = await NbdClient.connect(server.uri);
    for (let round = 0; round < 2000; round++) await client.read(0, 4096);
    await server.stop('SIGKILL');
    const { status, stderr } = await running;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^nbd-bench: .*(closed|reset|EPIPE)/m);
    expect(stderr).not.toMatch(/^ +at /m);
    await client.close();
  });
});

describeWith(['nbdkit', 'fio', 'qemu-img'], 'compare', () => {
  const folder = temporaryFolder();

  test('measures the rivals by turns', async () => {
    const server = await startNbdkit(folder);
    const { status, stdout, stderr } = await bench(
      ...['compare', '--runtime', '0.5', '--rounds', '1', '--output-format', 'json', server.uri],
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { rivals } = JSON.parse(stdout);
    expect(rivals.map((rival: { name: string }) => rival.name).toSorted()).toEqual(['fio', 'qemu-img']);
    for (const rival of rivals) expect(rival.medianRatio).toBeGreaterThan(0);
    await server.stop();
  });
});
