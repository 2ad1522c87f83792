import { join } from 'node:path';
import { MemoryExport, NbdServer } from '@coaio/nbd-server';
import { expect, onTestFinished, test } from 'vitest';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';

test('each has its part, and figures of its own', async () => {
  const server = new NbdServer();
  server.addExport('', new MemoryExport(2 ** 20));
  onTestFinished(() => server.close());
  const uri = await server.listen({ type: 'unix', path: join(newFolder(), 'nbd.sock') });
  const { stdout, stderr } = await runCli([
    ...[uri, '--connections', '3', '--iodepth', '6', '--numjobs', '2', '--runtime', '0.2'],
    ...['--output-format', 'json'],
  ]);
  expect(stderr).toBe('');
  const { config, jobs } = JSON.parse(stdout);
  expect(config.connections).toBe(3);
  for (const { connections, ios } of jobs) {
    expect(connections.map(({ connection }: { connection: number }) => connection)).toEqual([1, 2, 3]);
    const each: number[] = connections.map((one: { ios: number }) => one.ios);
    expect(Math.min(...each)).toBeGreaterThan(0);
    expect(each.reduce((a, b) => a + b)).toBe(ios);
  }
});
