import { join } from 'node:path';
import { MemoryExport, NbdServer } from '@coaio/nbd-server';
import { expect, onTestFinished, test } from 'vitest';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';

const SIZE = 2 ** 20;

test.each(['randread', 'randwrite', 'randrw'])('%s through one connection', async (rw) => {
  // It would refuse a second one.
  const server = new NbdServer({ maxConnections: 1 });
  server.addExport('', new MemoryExport(SIZE));
  onTestFinished(() => server.close());
  const uri = await server.listen({ type: 'unix', path: join(newFolder(), 'nbd.sock') });
  const verify = rw === 'randread' ? [] : ['--verify'];
  const { status, stdout, stderr } = await runCli([
    ...[uri, '--connections', '0', '--numjobs', '2', '--iodepth', '4', '--rw', rw, ...verify],
    ...['--runtime', '0.2', '--output-format', 'json'],
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { jobs, totals } = JSON.parse(stdout);
  expect(jobs).toHaveLength(2);
  for (const { ios } of jobs) expect(ios).toBeGreaterThan(0);
  expect(totals.errors).toBe(0);
});
