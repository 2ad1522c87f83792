import { expect, test } from 'vitest';
import { parseFio } from '../src/compare/fio.js';

const IDLE = { iops: 0, bw_bytes: 0, runtime: 0, total_ios: 0 };
const BUSY = { iops: 84914.171657, bw_bytes: 347808447, runtime: 501, total_ios: 42542 };

function output(read: object, write: object): string {
  const jobs = [{ jobname: 'nbd-bench', usr_cpu: 22.6, sys_cpu: 57.2, read, write }];
  return `fio: connected to NBD server\n${JSON.stringify({ 'fio version': 'fio-3.33', jobs }, null, 2)}\n`;
}

const TURN = { iops: 84914.172, mibPerSecond: 331.696, cpuUsPerIo: 9.398 };

test('reads, with the line that its NBD engine prints first', () => {
  expect(parseFio(output(BUSY, IDLE), 'randread')).toEqual(TURN);
});

test('writes', () => {
  expect(parseFio(output(IDLE, BUSY), 'write')).toEqual(TURN);
});

test.each([
  ['', 'fio printed no JSON'],
  ['fio: connected to NBD server\n', 'fio printed no JSON'],
  ['{ "jobs": [] }', 'fio reported no job'],
  [output(IDLE, IDLE), 'fio did no I/O'],
])('anything else is an error: %j', (stdout, message) => {
  expect(() => parseFio(stdout, 'read')).toThrow(message);
});
