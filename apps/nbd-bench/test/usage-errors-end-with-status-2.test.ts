import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';

const WHOLE = 'It must be a whole number from';
const SECONDS = 'It must be a number of seconds from 0.001 to 2147483.';

test.each([
  [['--bogus'], "unknown option '--bogus'"],
  [['run', '--layer', 'co-mutex'], "unknown option '--layer'"],
  [['compare', '--numjobs', '2'], "unknown option '--numjobs'"],
  [['--rw', 'trim'], "option '--rw <mode>' argument 'trim' is invalid. Allowed choices are read, write,"],
  [['--bs', '4x'], "option '--bs <size>' argument '4x' is invalid. It must be a number of bytes"],
  [['--bs', '0'], "option '--bs <size>' argument '0' is invalid. It must not be 0."],
  [['--bs', '4G'], "option '--bs <size>' argument '4G' is invalid. It must be below 4G."],
  [['--bs'], "option '--bs <size>' argument missing"],
  [['--size', '0'], "option '--size <size>' argument '0' is invalid. It must not be 0."],
  [['--offset', '-1'], "option '--offset <size>' argument '-1' is invalid. It must be a number of bytes"],
  [['--rwmixread', '101'], `option '--rwmixread <percent>' argument '101' is invalid. ${WHOLE} 0 to 100.`],
  [['--rwmixread', '30'], '--rwmixread 30: --rw randread is no mixture, readwrite and randrw are'],
  [['--connections', '65'], `option '--connections <n>' argument '65' is invalid. ${WHOLE} 0 to 64.`],
  [['--connections', '0', '--numjobs', '63'], '--connections 0: at most 62 jobs can share a client'],
  [['--connections', '4', '--iodepth', '2'], '--connections 4 exceeds --iodepth 2: some would have nothing'],
  [['compare', '--rw', 'randrw'], "option '--rw <list>' argument 'randrw' is invalid. Allowed choices are"],
  [['--tls', 'maybe'], "option '--tls <policy>' argument 'maybe' is invalid. Allowed choices are off, on,"],
  [['--iodepth', '0'], `option '--iodepth <n>' argument '0' is invalid. ${WHOLE} 1 to 65536.`],
  [['--numjobs', '1.5'], `option '--numjobs <n>' argument '1.5' is invalid. ${WHOLE} 1 to 256.`],
  [['--randseed', '-1'], `option '--randseed <n>' argument '-1' is invalid. ${WHOLE} 0 to 4294967295.`],
  [['--runtime', '0'], `option '--runtime <seconds>' argument '0' is invalid. ${SECONDS}`],
  [['--runtime', 'Infinity'], `option '--runtime <seconds>' argument 'Infinity' is invalid. ${SECONDS}`],
  [
    ['--ramp-time', '-1'],
    `option '--ramp-time <seconds>' argument '-1' is invalid. ${SECONDS.replace('0.001', '0')}`,
  ],
  [
    ['--ramp-time', '2147483', '--runtime', '1'],
    '--ramp-time 2147483 and --runtime 1 together exceed 2147483 s',
  ],
  [
    ['sweep', '--ramp-time', '2147483', '--runtime', '1'],
    '--ramp-time 2147483 and --runtime 1 together exceed 2147483 s',
  ],
  [
    ['compare', '--ramp-time', '2147483', '--runtime', '1'],
    '--ramp-time 2147483 and --runtime 1 together exceed 2147483 s',
  ],
  [['compare', '--rounds', '0'], `option '--rounds <n>' argument '0' is invalid. ${WHOLE} 1 to 1000.`],
  [['--output-format', 'xml'], "option '--output-format <format>' argument 'xml' is invalid."],
  [
    ['layers', '--layer', 'nbd-bench'],
    "option '--layer <name>' argument 'nbd-bench' is invalid. Allowed choices are",
  ],
  [['layers', '--rounds', '0'], `option '--rounds <n>' argument '0' is invalid. ${WHOLE} 1 to 100000.`],
  [['layers', '--runtime', '0'], `option '--runtime <seconds>' argument '0' is invalid. ${SECONDS}`],
  [['layers', '--bs', '4k'], "unknown option '--bs'"],
  [['layers', 'nbd://localhost'], 'too many arguments.'],
  [['nbd://localhost', 'nbd://localhost'], 'too many arguments.'],
  [['http://localhost'], 'NBD URI: it must start with one of nbd:'],
  [['compare', 'nbd+unix:///'], 'NBD URI: the parameter "socket" must name the Unix socket'],
  [[''], 'NBD URI: it must start with one of nbd:'],
  [['sweep', '--iodepth', '1', '--connections', '2'], '--connections: all exceed --iodepth'],
  [['sweep', '--bs', '4k,0'], "option '--bs <list>' argument '4k,0' is invalid. It must not be 0."],
])('%s', async (args, message) => {
  const { status, stdout, stderr } = await runCli(args);
  expect(stderr).toContain(`nbd-bench: ${message}`);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});
