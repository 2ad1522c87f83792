// One server, two threads that are handed their clients, and two that listen at one port: reads per second by turns, as ratios to one.
// Needs a Node that knows reusePort, and nbd-bench to be built.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('./threads-server.mjs', import.meta.url));
const BENCH = fileURLToPath(new URL('../../../apps/nbd-bench/dist/nbd-bench.js', import.meta.url));
const ROUNDS = Number(process.argv[2] ?? 5);
const WAYS = ['one', 'handed', 'listening'];

/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

for (const [work, size] of [
  ['memory', '4k'],
  ['memory', '64k'],
  ['compute', '64k'],
]) {
  const servers = await Promise.all(
    WAYS.map(async (way) => {
      const child = spawn(process.execPath, [SERVER, way, String(work)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [uri] = await once(child.stdout, 'data');
      return { child, uri: String(uri).trim() };
    }),
  );
  /** @type {number[][]} */
  const ratios = WAYS.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    const iops = [];
    const order = WAYS.map((_, index) => (index + round) % WAYS.length);
    for (const index of order) {
      const options = [
        '--rw',
        'randread',
        '--bs',
        String(size),
        '--iodepth',
        '32',
        '--numjobs',
        '2',
        '--connections',
        '2',
        '--runtime',
        '1',
      ];
      const args = [BENCH, 'run', servers[index]?.uri ?? '', ...options, '--output-format', 'json'];
      const text = execFileSync(process.execPath, args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      iops[index] = JSON.parse(text).totals.iops;
    }
    for (const [index, of] of ratios.entries()) of.push((iops[index] ?? 0) / (iops[0] ?? 1));
  }
  console.log(work, size, ...WAYS.map((way, index) => `${way} ${median(ratios[index] ?? []).toFixed(2)}x`));
  for (const { child } of servers) child.kill();
}
