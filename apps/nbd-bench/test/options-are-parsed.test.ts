import { expect, test } from 'vitest';
import { parseRun } from '../src/cli/run-options.js';

const DEFAULTS = {
  rw: 'randread',
  rwmixread: 50,
  bs: 4096,
  iodepth: 64,
  numjobs: 1,
  connections: 1,
  runtime: 5,
  rampTime: 0,
  offset: 0,
  randseed: 1,
  pollMaxNs: 0,
  verify: false,
};

test('without options: the defaults, and no URI', () => {
  expect(parseRun([])).toEqual({ uri: undefined, tls: undefined, config: DEFAULTS, outputFormat: 'table' });
});

test.each([
  [['--rw', 'write'], { rw: 'write' }],
  [['--rw=randwrite'], { rw: 'randwrite' }],
  [['--bs', '64k'], { bs: 65536 }],
  [['--iodepth=1'], { iodepth: 1 }],
  [['--rw', 'randrw'], { rw: 'randrw' }],
  [['--rw', 'readwrite', '--rwmixread', '70'], { rw: 'readwrite', rwmixread: 70 }],
  [['--connections', '4'], { connections: 4 }],
  [['--rate-iops', '1000'], { rateIops: 1000 }],
  [['--verify'], { verify: true }],
  [['--poll-max-ns', '32768'], { pollMaxNs: 32768 }],
  [['--replies', 'simple'], { replies: 'simple' }],
  [['--numjobs', '4'], { numjobs: 4 }],
  [['--runtime', '0.25'], { runtime: 0.25 }],
  [['--runtime', '.5'], { runtime: 0.5 }],
  [['--ramp-time', '1.5'], { rampTime: 1.5 }],
  [['--ramp-time=0'], { rampTime: 0 }],
  [['--size', '1G', '--offset', '512M'], { size: 2 ** 30, offset: 2 ** 29 }],
  [['--randseed', '0'], { randseed: 0 }],
])('%s', (args, fields) => {
  expect(parseRun(args)?.config).toEqual({ ...DEFAULTS, ...fields });
});

test.each([
  [['nbd://localhost/disk', '--output-format', 'json']],
  [['--output-format', 'json', 'nbd://localhost/disk']],
])('a URI may come before or after the options: %s', (args) => {
  expect(parseRun(args)).toEqual({
    uri: 'nbd://localhost/disk',
    tls: undefined,
    config: DEFAULTS,
    outputFormat: 'json',
  });
});

test.each([
  [['--tls', 'require'], { policy: 'require' }],
  [['--tls', 'on', '--tls-certificates', '/pki'], { policy: 'allow', certificates: '/pki' }],
  [['--tls-psk-file', '/keys.psk', '--tls-username', 'eve'], { psk: '/keys.psk', username: 'eve' }],
  [['--tls-hostname', 'backup', '--no-tls-verify-peer'], { hostname: 'backup', verifyPeer: false }],
])('TLS: %s', (args, tls) => {
  expect(parseRun(args)).toEqual({ uri: undefined, tls, config: DEFAULTS, outputFormat: 'table' });
});
