import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';

const ARGS = [
  ...['sweep', '--runtime', '0.05', '--ramp-time', '0', '--rw', 'randwrite', '--numjobs', '1,2'],
  ...['--connections', '1,2', '--iodepth', '1,4', '--bs', '4k,8k'],
];

test('once, but none with more connections than requests in flight', async () => {
  const { status, stdout, stderr } = await runCli([...ARGS, '--output-format', 'json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { config, points, best } = JSON.parse(stdout);
  expect(config).toMatchObject({ rw: 'randwrite', numjobs: [1, 2], connections: [1, 2], bs: [4096, 8192] });
  interface Point {
    numjobs: number;
    connections: number;
    bs: number;
    iodepth: number;
    totals: { iops: number };
  }
  const keys = points.map((point: Point) => [point.numjobs, point.connections, point.bs, point.iodepth]);
  const each = (numjobs: number) => [
    ...[4096, 8192].flatMap((bs) => [1, 4].map((iodepth) => [numjobs, 1, bs, iodepth])),
    ...[4096, 8192].map((bs) => [numjobs, 2, bs, 4]),
  ];
  expect(keys).toEqual([...each(1), ...each(2)]);
  for (const { bs, totals } of best as Point[]) {
    const iops = points.filter((point: Point) => point.bs === bs).map((point: Point) => point.totals.iops);
    expect(totals.iops).toBe(Math.max(...iops));
  }
  expect(best.map((point: Point) => point.bs)).toEqual([4096, 8192]);
});

test('the table has a row for each, and the best', async () => {
  const { stdout } = await runCli([...ARGS, '--numjobs', '1', '--bs', '4k']);
  const head = 'jobs  connections  block  depth';
  expect(stdout.split(head)).toHaveLength(3);
  expect(stdout).toContain('\nbest of each block size\n');
  expect(stdout.match(/^ +1 +[12] +4 KiB +[14] +[0-9.,]+ /gm)).toHaveLength(4);
});
