// This server beside nbdkit and qemu-nbd, each with 1 GiB of memory on a Unix socket, driven by fio and by `qemu-img bench`: turn by
// turn, medians of the ratios. CPU time is the server's own, per request; it says more than IOPS where the client is the one
// that has no time left.
//   pnpm --filter @coaio/nbd-server bench [rounds=5] [seconds=2] [words of a case, e.g. fio 4k]
// Needs nbdkit, qemu-nbd, fio with ioengine=nbd, and qemu-img; leaves out what is missing.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.argv[2] ?? 5);
const SECONDS = Number(process.argv[3] ?? 2);
const WORDS = process.argv.slice(4);
/** Microseconds in a clock tick of /proc: 100 a second on Linux. */
const TICK_US = 10_000;
const COMMAND = fileURLToPath(new URL('../dist/nbd-serve.js', import.meta.url));

/** @typedef {'fio' | 'qemu-img'} Driver */
/** @typedef {{ driver: Driver, write: boolean, size: number, depth: number }} Case */
/** @typedef {{ iops: number, cpuUs: number }} Run */
/** @typedef {'ours' | 'nbdkit' | 'qemu-nbd'} Name */

/** @type {Case[]} */
const cases = /** @type {Driver[]} */ (['fio', 'qemu-img']).flatMap((driver) => [
  { driver, write: false, size: 4096, depth: 64 },
  { driver, write: true, size: 4096, depth: 64 },
  { driver, write: false, size: 262_144, depth: 16 },
  { driver, write: true, size: 262_144, depth: 16 },
]);

/** @type {Record<Name, (socket: string, image: string) => string[]>} */
const servers = {
  ours: (socket) => [process.execPath, COMMAND, '--memory', '1G', '--unix', socket],
  nbdkit: (socket) => ['nbdkit', '-f', '-U', socket, '-t', '4', 'memory', '1G'],
  'qemu-nbd': (socket, image) => ['qemu-nbd', '-k', socket, '-f', 'raw', '-e', '8', '-t', image],
};

const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'nbd-bench-'));
try {
  const rivals = /** @type {Name[]} */ (['nbdkit', 'qemu-nbd']).filter((name) => works(name, '--version'));
  const drivers = [
    works('fio', '--enghelp=nbd') ? 'fio' : '',
    works('qemu-img', '--version') ? 'qemu-img' : '',
  ];
  /** @type {Name[]} */
  const names = ['ours', ...rivals];
  console.log(
    `${'ratio of IOPS, ours to'.padEnd(34)}${rivals.map((name) => name.padEnd(30)).join('')}us of CPU a request`,
  );
  for (const one of cases) {
    const title = `${one.driver} ${one.write ? 'write' : 'read'} ${one.size / 1024}k depth ${one.depth}`;
    if (!drivers.includes(one.driver) || !WORDS.every((word) => title.split(' ').includes(word))) continue;
    /** @type {Record<string, Run[]>} */
    const runs = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of names) runs[name]?.push(await run(name, one));
    }
    report(title, rivals, runs);
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
async function run(name, one) {
  const socket = join(folder, 'nbd.sock');
  const image = join(folder, 'disk.raw');
  rmSync(socket, { force: true });
  writeFileSync(image, '');
  truncateSync(image, 2 ** 30);
  const [command = '', ...args] = servers[name](socket, image);
  const server = spawn(command, args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    while (!existsSync(socket)) await sleep(20);
    // Pages that were never written are free to read for one server and not for the other.
    const fill = ['bench', '-w', '-c', '1024', '-d', '8', '-s', '1M', '--pattern=1', '-f', 'raw'];
    execFileSync('qemu-img', [...fill, `nbd+unix:///?socket=${socket}`], { stdio: 'ignore' });
    const drive = one.driver === 'fio' ? fio : qemuImg;
    // A server that stays up has its code compiled.
    drive(socket, one, 1);
    const before = cpuUs(server.pid ?? 0);
    const { requests, iops } = drive(socket, one, SECONDS);
    return { iops, cpuUs: (cpuUs(server.pid ?? 0) - before) / requests };
  } finally {
    server.kill();
    await ended;
  }
}

/**
 * Small requests at random, large ones in order.
 *
 * @param {string} socket
 * @param {Case} one
 * @param {number} seconds
 */
function fio(socket, { write, size, depth }, seconds) {
  const rw = `${size === 4096 ? 'rand' : ''}${write ? 'write' : 'read'}`;
  const args = ['--name=x', '--ioengine=nbd', `--uri=nbd+unix:///?socket=${socket}`, '--output-format=json'];
  const job = [`--rw=${rw}`, `--bs=${size}`, `--iodepth=${depth}`, '--size=1g'];
  const time = ['--time_based', `--runtime=${seconds}`];
  const text = execFileSync('fio', [...args, ...job, ...time], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // A line about the connection may come before.
  const { read, write: written } = JSON.parse(text.slice(text.indexOf('{'))).jobs[0];
  return { requests: read.total_ios + written.total_ios, iops: read.iops + written.iops };
}

/**
 * @param {string} socket
 * @param {Case} one
 * @param {number} seconds
 */
function qemuImg(socket, { write, size, depth }, seconds) {
  const requests = seconds * (size === 4096 ? 40_000 : 5_000);
  const args = ['bench', ...(write ? ['-w'] : []), '-c', `${requests}`, '-d', `${depth}`, '-s', `${size}`];
  const text = execFileSync('qemu-img', [...args, '-f', 'raw', `nbd+unix:///?socket=${socket}`], {
    encoding: 'utf8',
  });
  const [, took] = /completed in ([0-9.]+) seconds/.exec(text) ?? [];
  return { requests, iops: requests / Number(took) };
}

/**
 * @param {string} tool
 * @param {string} probe
 */
function works(tool, probe) {
  const { status, stdout } = spawnSync(tool, [probe], { encoding: 'utf8' });
  const does = status === 0 && !/not found/.test(stdout);
  if (!does) console.log(`left out: ${tool} ${probe} does not work here`);
  return does;
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
 * @param {string} title
 * @param {Name[]} rivals
 * @param {Record<string, Run[]>} runs
 */
function report(title, rivals, runs) {
  const columns = rivals.map((name) => {
    const ratios = (runs['ours'] ?? []).map(({ iops }, at) => iops / (runs[name]?.[at]?.iops ?? Number.NaN));
    return `${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})`.padEnd(30);
  });
  const cpu = Object.entries(runs).map(
    ([name, all]) => `${name} ${median(all.map((one) => one.cpuUs)).toFixed(1)}`,
  );
  const iops = median((runs['ours'] ?? []).map((one) => one.iops)).toFixed(0);
  console.log(`${title.padEnd(25)}${iops.padStart(8)} ${columns.join('')}${cpu.join(', ')}`);
}
