import { MemoryExport } from '@coaio/nbd-server';
import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';
import { serve } from './support/serve.js';

const SIZE = 64 * 4096;

/** @param forgets whether a write there is answered, and not done */
async function run(rw: string, forgets: (offset: number) => boolean) {
  const memory = new MemoryExport(SIZE);
  const uri = await serve({
    size: SIZE,
    read: (offset, target) => memory.read(offset, target),
    write: (offset, data) => (forgets(offset) ? undefined : memory.write(offset, data)),
  });
  const args = [uri, '--rw', rw, '--verify', '--runtime', '0.2', '--output-format', 'json'];
  const { status, stdout, stderr } = await runCli(args);
  return { status, stderr, uri, totals: JSON.parse(stdout).totals };
}

test.each(['write', 'randwrite', 'randrw'])('%s: all is right', async (rw) => {
  const { status, stderr, uri, totals } = await run(rw, () => false);
  expect({ status, stderr, errors: totals.errors }).toEqual({ status: 0, stderr: '', errors: 0 });
  expect(totals.verified).toBeGreaterThan(0);
  if (rw !== 'write') return;
  // A later run finds what this one wrote, with other blocks.
  const later = await runCli([uri, '--rw', 'randread', '--bs', '512', '--verify', '--runtime', '0.1']);
  expect(later).toMatchObject({ status: 0, stderr: '' });
});

test.each(['write', 'randwrite', 'randrw'])('%s: a block that was not written is an error', async (rw) => {
  const { status, stderr, totals } = await run(rw, (offset) => offset === 8192);
  expect(status).toBe(1);
  expect(stderr).toMatch(/the first: verify: byte 8192 is 0x00, 0x[0-9a-f]{2} was written\n$/);
  expect(totals.errors).toBeGreaterThan(0);
  if (rw === 'write') expect(totals).toMatchObject({ errors: 1, verified: 63 });
});

test('reads that bring something else are errors', async () => {
  const { status, stderr, totals } = await run('read', () => false);
  expect(status).toBe(1);
  expect(stderr).toMatch(/verify: byte [0-9]+ is 0x00/);
  expect(totals.errors).toBeGreaterThan(0);
});

test('a write that the server refused is left out', async () => {
  const memory = new MemoryExport(SIZE);
  const uri = await serve({
    size: SIZE,
    read: (offset, target) => memory.read(offset, target),
    write(offset, data) {
      if (offset === 8192) throw Object.assign(new Error('bad sector'), { code: 'EIO' });
      return memory.write(offset, data);
    },
  });
  const { status, stderr } = await runCli([uri, '--rw', 'write', '--verify', '--runtime', '0.1']);
  expect(status).toBe(1);
  expect(stderr).toMatch(/the first: write of 4096 bytes at 8192: the server said EIO, "bad sector"\n$/);
  expect(stderr).not.toContain('verify');
});
