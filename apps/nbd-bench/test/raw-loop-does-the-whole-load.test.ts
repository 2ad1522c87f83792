import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseNbdUri } from '@coaio/nbd-protocol';
import { MemoryExport } from '@coaio/nbd-server';
import { describe, expect, test } from 'vitest';
import { type RawForm, rawLoop } from '../src/raw-loop/raw-loop.js';
import type { RunConfig } from '../src/run/run-config.js';
import { newFolder } from './support/new-folder.js';
import { readsThrough, serve } from './support/serve.js';

const PROCESS = fileURLToPath(new URL('../dist/raw-loop.js', import.meta.url));

const CONFIG: RunConfig = {
  ...{ rw: 'read', rwmixread: 50, bs: 4096, iodepth: 8, numjobs: 1, connections: 1 },
  ...{ runtime: 0.1, rampTime: 0, offset: 0, randseed: 1, pollMaxNs: 0, verify: false },
};

const FORMS: readonly RawForm[] = ['simple', 'structured'];

describe.each(FORMS)('%s replies', (form) => {
  test.each([4096, 2 ** 18])('reads blocks of %i bytes', async (bs) => {
    const lengths = new Set<number>();
    let reads = 0;
    const uri = await serve(
      readsThrough(2 ** 21, (_offset, length) => {
        lengths.add(length);
        reads++;
      }),
    );
    const { iops, mibPerSecond, cpuUsPerIo } = await rawLoop(parseNbdUri(uri), form, { ...CONFIG, bs });
    expect(iops).toBeGreaterThan(0);
    expect(mibPerSecond).toBeCloseTo((iops * bs) / 2 ** 20, 3);
    expect(cpuUsPerIo).toBeGreaterThan(0);
    expect([...lengths]).toEqual([bs]);
    expect(reads).toBeGreaterThan(8);
  });

  test('writes', async () => {
    const disk = new MemoryExport(2 ** 17);
    const { iops } = await rawLoop(parseNbdUri(await serve(disk)), form, { ...CONFIG, rw: 'write' });
    expect(iops).toBeGreaterThan(0);
    expect(disk.bytes.every((byte) => byte !== 0)).toBe(true);
  });
});

const BAD_SECTOR = () => {
  throw Object.assign(new Error('bad sector'), { code: 'EIO' });
};

test.each([
  ['simple', 'reply with the error 5'],
  ['structured', 'reply with NBD_REPLY_TYPE_ERROR'],
] as const)('%s replies: an answer that is an error ends it', async (form, message) => {
  const uri = await serve(readsThrough(2 ** 20, BAD_SECTOR));
  await expect(rawLoop(parseNbdUri(uri), form, CONFIG)).rejects.toThrow(message);
});

test('structured replies that the server does not have are not measured as if it had', async () => {
  const uri = await serve(new MemoryExport(2 ** 20), {}, { structuredReplies: false });
  await expect(rawLoop(parseNbdUri(uri), 'structured', CONFIG)).rejects.toThrow(
    'the server has no structured replies',
  );
});

test('its process says in one line why it failed', () => {
  const uri = `nbd+unix:///?socket=${join(newFolder(), 'nbd.sock')}`;
  const { status, stderr } = spawnSync(process.execPath, [PROCESS, uri, 'simple', JSON.stringify(CONFIG)], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^connect ENOENT [^\n]+\n$/);
  expect(status).toBe(1);
});
