// This server beside nbdkit, both with 1 GiB of memory on a Unix socket, driven by fio: turn by turn, medians of the
// ratios. CPU time is the server's own, per request; it says more than IOPS where fio is the one that has no time left.
//   pnpm --filter @coaio/nbd-server bench [pairs=5] [seconds=3]
// Needs fio with ioengine=nbd, and nbdkit; says so and ends well if one is missing.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PAIRS = Number(process.argv[2] ?? 5);
const SECONDS = Number(process.argv[3] ?? 3);
/** Microseconds in a clock tick of /proc: 100 a second on Linux. */
const TICK_US = 10_000;
const COMMAND = fileURLToPath(new URL('../dist/nbd-serve.js', import.meta.url));

/** @typedef {{ rw: string, bs: string, iodepth: number }} Case */
/** @typedef {{ iops: number, cpuUs: number }} Run */
/** @typedef {'ours' | 'nbdkit'} Name */

/** @type {Case[]} */
const cases = [
  { rw: 'randread', bs: '4k', iodepth: 64 },
  { rw: 'randwrite', bs: '4k', iodepth: 64 },
  { rw: 'read', bs: '256k', iodepth: 16 },
  { rw: 'write', bs: '256k', iodepth: 16 },
  { rw: 'randread', bs: '4k', iodepth: 1 },
];

/** @type {Record<Name, (socket: string) => { command: string, args: string[] }>} */
const servers = {
  ours: (socket) => ({ command: process.execPath, args: [COMMAND, '--memory', '1G', '--unix', socket] }),
  nbdkit: (socket) => ({ command: 'nbdkit', args: ['-f', '-U', socket, '-t', '4', 'memory', '1G'] }),
};

for (const { tool, probe } of [
  { tool: 'fio', probe: '--enghelp=nbd' },
  { tool: 'nbdkit', probe: '--version' },
]) {
  const { status, stdout } = spawnSync(tool, [probe], { encoding: 'utf8' });
  if (status !== 0 || /not found/.test(stdout)) {
    console.log(`skipped: ${tool} ${probe} does not work here`);
    process.exit(0);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'nbd-bench-'));
try {
  console.log(
    'case                   ours IOPS  nbdkit IOPS  ratio (all pairs)         us of CPU: ours  nbdkit',
  );
  for (const one of cases) {
    /** @type {Record<Name, Run[]>} */
    const runs = { ours: [], nbdkit: [] };
    for (let pair = 0; pair < PAIRS; pair++) {
      runs.ours.push(await run('ours', one));
      runs.nbdkit.push(await run('nbdkit', one));
    }
    report(one, runs.ours, runs.nbdkit);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * A fresh server for each run: nbdkit 1.32 aborts when a client leaves with requests in flight, as fio does.
 *
 * @param {Name} name
 * @param {Case} one
 * @returns {Promise<Run>}
 */
async function run(name, { rw, bs, iodepth }) {
  const socket = join(folder, `${name}.sock`);
  rmSync(socket, { force: true });
  const { command, args } = servers[name](socket);
  const server = spawn(command, args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    while (!existsSync(socket)) await sleep(20);
    // Pages that were never written are free to read for one server and not for the other.
    fio(socket, 'write', '1m', 8, ['--size=1g']);
    const before = cpuUs(server.pid ?? 0);
    const job = fio(socket, rw, bs, iodepth, ['--size=1g', '--time_based', `--runtime=${SECONDS}`]);
    const cpu = cpuUs(server.pid ?? 0) - before;
    const requests = job.read.total_ios + job.write.total_ios;
    return { iops: job.read.iops + job.write.iops, cpuUs: cpu / requests };
  } finally {
    server.kill();
    await ended;
  }
}

/**
 * @param {string} socket
 * @param {string} rw
 * @param {string} bs
 * @param {number} iodepth
 * @param {string[]} more
 */
function fio(socket, rw, bs, iodepth, more) {
  const args = ['--name=x', '--ioengine=nbd', `--uri=nbd+unix:///?socket=${socket}`, '--output-format=json'];
  const text = execFileSync('fio', [...args, `--rw=${rw}`, `--bs=${bs}`, `--iodepth=${iodepth}`, ...more], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // A line about the connection may come before.
  return JSON.parse(text.slice(text.indexOf('{'))).jobs[0];
}

/** @param {number} pid */
function cpuUs(pid) {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) * TICK_US;
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/**
 * @param {Case} one
 * @param {Run[]} ours
 * @param {Run[]} nbdkit
 */
function report({ rw, bs, iodepth }, ours, nbdkit) {
  const ratios = ours.map(({ iops }, index) => iops / (nbdkit[index]?.iops ?? Number.NaN));
  /** @type {(runs: Run[], key: keyof Run) => number} */
  const of = (runs, key) => median(runs.map((run) => run[key]));
  console.log(
    `${`${rw} ${bs} depth ${iodepth}`.padEnd(22)}` +
      `${of(ours, 'iops').toFixed(0).padStart(10)}${of(nbdkit, 'iops').toFixed(0).padStart(13)}` +
      `  ${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})`.padEnd(35) +
      `${of(ours, 'cpuUs').toFixed(1).padStart(8)}${of(nbdkit, 'cpuUs').toFixed(1).padStart(8)}`,
  );
}
