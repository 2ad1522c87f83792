import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeProgram } from './support/fake-program.js';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';

const DIRECTION = '{ iops: 1000, bw_bytes: 4096000, runtime: 100, total_ios: 100 }';
const FIO = `
  const reply = args.includes('--version')
    ? 'fio-9.9'
    : args.includes('--enghelp=nbd')
      ? 'uri                     : Name of NBD URI'
      : JSON.stringify({ jobs: [{ usr_cpu: 10, sys_cpu: 10, read: ${DIRECTION}, write: ${DIRECTION} }] });
  console.log(reply);`;

function qemuImg(log: string): string {
  return `
    require('node:fs').appendFileSync('${log}', args.join(' ') + '\\n');
    const count = args[args.indexOf('-c') + 1];
    console.log(args[0] === '--version' ? 'qemu-img version 9.9.9 (fake)' : 'Run completed in ' + count / 2000 + ' seconds.');`;
}

const ARGS = [
  ...[
    'compare',
    '--runtime',
    '0.1',
    '--ramp-time',
    '0',
    '--rounds',
    '2',
    '--rw',
    'randwrite',
    '--iodepth',
    '4',
  ],
  ...['--rival', 'fio,qemu-img'],
];

test('a pair for each rival and round, and what comes of them', async () => {
  const [path, tmp] = [newFolder(), newFolder()];
  const log = join(newFolder(), 'log');
  fakeProgram(path, 'fio', FIO);
  fakeProgram(path, 'qemu-img', qemuImg(log));
  const env = { PATH: path, TMPDIR: tmp };
  const { status, stdout, stderr } = await runCli([...ARGS, '--output-format', 'json'], env);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const turn = { iops: expect.any(Number), mibPerSecond: expect.any(Number), cpuUsPerIo: expect.any(Number) };
  const byFio = { name: 'fio', ours: turn, rival: { iops: 1000, mibPerSecond: 3.906, cpuUsPerIo: 200 } };
  const byQemu = { name: 'qemu-img', ours: turn, rival: { iops: 2000, mibPerSecond: 7.813 } };
  const [fio, qemu] = [
    { name: 'fio', version: '9.9' },
    { name: 'qemu-img', version: '9.9.9' },
  ];
  const ratios = {
    medianRatio: expect.any(Number),
    minRatio: expect.any(Number),
    maxRatio: expect.any(Number),
  };
  const ours = { ourMedianIops: expect.any(Number), ourCpuUsPerIo: expect.any(Number), ...ratios };
  expect(JSON.parse(stdout)).toEqual({
    config: {
      ...{ rw: ['randwrite'], bs: [4096], iodepth: [4], runtime: 0.1, rampTime: 0, pollMaxNs: 0, rounds: 2 },
      rival: ['fio', 'qemu-img'],
    },
    server: { uri: expect.stringMatching(/^nbd\+unix:/), embedded: true },
    loads: [
      {
        load: { rw: 'randwrite', bs: 4096, iodepth: 4, runtime: 0.1, rampTime: 0, pollMaxNs: 0 },
        rounds: [
          { round: 1, ...byFio },
          { round: 1, ...byQemu },
          { round: 2, ...byFio },
          { round: 2, ...byQemu },
        ],
        rivals: [
          { ...fio, rw: 'randwrite', rounds: 2, medianIops: 1000, cpuUsPerIo: 200, ...ours },
          { ...qemu, rw: 'write', rounds: 2, medianIops: 2000, ...ours },
        ],
      },
    ],
    skipped: [],
  });
  expect(readdirSync(tmp)).toEqual([]);
  // Calibrated once, then as many as take a turn.
  const counts = [...readFileSync(log, 'utf8').matchAll(/-c (\d+) -d 4 -s 4096 -S 4096 -w /g)].map(
    (m) => m[1],
  );
  expect(counts).toEqual(['100', '200', '200']);
});

test('a rival that is not installed is named and skipped', async () => {
  const path = newFolder();
  fakeProgram(path, 'fio', FIO);
  const { status, stdout } = await runCli(ARGS, { PATH: path });
  expect(status).toBe(0);
  expect(stdout).toContain('\nskipped qemu-img: not installed, or without NBD\n');
  expect(stdout).toMatch(/\nfio +9\.9 +randwrite +[0-9.,]+ +1,000( +[0-9.]+x){3} +[0-9.]+ +200\n$/);
});

test('an interrupt ends it with the pairs so far', async () => {
  const path = newFolder();
  const log = join(newFolder(), 'log');
  const nthTurn = `require('node:fs').existsSync('${log}') ? 2 : 1`;
  fakeProgram(
    path,
    'fio',
    `if (!args[0].startsWith('--name')) { ${FIO} }
     else if ((${nthTurn}) === 2) { process.kill(process.ppid, 'SIGINT'); setInterval(() => {}, 1000); }
     else { require('node:fs').writeFileSync('${log}', ''); ${FIO} }`,
  );
  const { status, stdout, stderr } = await runCli([...ARGS, '--output-format', 'json'], { PATH: path });
  expect(stderr).toBe('');
  const { loads, interrupted } = JSON.parse(stdout);
  expect(loads[0].rounds).toHaveLength(1);
  expect(interrupted).toBe(true);
  expect(status).toBe(130);
});

test('with none there is nothing to compare', async () => {
  expect(await runCli(ARGS, { PATH: newFolder() })).toEqual({
    status: 1,
    stdout: '',
    stderr: 'nbd-bench: no rival is installed: fio, qemu-img\n',
  });
});

test('a rival that fails ends it with its own words', async () => {
  const path = newFolder();
  fakeProgram(
    path,
    'fio',
    `if (!args[0].startsWith('--name')) { ${FIO} } else { console.error('warming up\\nno luck'); process.exit(3); }`,
  );
  expect(await runCli(ARGS, { PATH: path })).toEqual({
    status: 1,
    stdout: '',
    stderr: 'nbd-bench: fio: no luck\n',
  });
});

test('several loads make a table of ratios, without a rival where it cannot do the like', async () => {
  const path = newFolder();
  fakeProgram(path, 'fio', FIO);
  fakeProgram(path, 'nbdcopy', "console.log('nbdcopy 9.9')");
  fakeProgram(path, 'nbdinfo', 'console.log(65536)');
  const { status, stdout, stderr } = await runCli(
    [
      ...[
        'compare',
        '--runtime',
        '0.1',
        '--ramp-time',
        '0',
        '--rounds',
        '1',
        '--rival',
        'fio,nbdcopy,raw-loop',
      ],
      ...['--bs', '4k,64k', '--rw', 'read,write', '--iodepth', '2'],
    ],
    { PATH: path },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const ratio = '[0-9.]+x \\([0-9.]+, [0-9.]+\\)';
  const ours = ' +2( +[0-9.,]+){3}';
  expect(stdout.split('\n').slice(-6)).toEqual([
    expect.stringMatching(
      /^load +block +depth +our IOPS +MiB\/s +CPU us\/IO +ours\/fio +ours\/nbdcopy +ours\/raw-loop$/,
    ),
    expect.stringMatching(new RegExp(`^read +4 KiB${ours} +${ratio} +- +${ratio}$`)),
    expect.stringMatching(new RegExp(`^read +64 KiB${ours}( +${ratio}){3}$`)),
    expect.stringMatching(new RegExp(`^write +4 KiB${ours} +${ratio} +- +${ratio}$`)),
    expect.stringMatching(new RegExp(`^write +64 KiB${ours} +${ratio} +- +${ratio}$`)),
    '',
  ]);
});
