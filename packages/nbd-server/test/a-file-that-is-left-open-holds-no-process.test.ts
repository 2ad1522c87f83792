import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FileExport } from '../src/index.js';
import { trimOf } from './support/backend-calls.js';
import { diskFile } from './support/disk-files.js';
import { pattern } from './support/raw-client.js';

const CHILD = fileURLToPath(new URL('children/trims-and-does-not-close.mjs', import.meta.url));

/** Processes that have the file open. */
function holders(path: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => links(`/proc/${pid}/fd`).includes(path));
}

function links(folder: string): string[] {
  return namesIn(folder).flatMap((fd) => {
    try {
      return [readlinkSync(`${folder}/${fd}`)];
    } catch {
      return []; // Closed meanwhile.
    }
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The process has ended meanwhile, or is somebody else's.
  }
}

test.runIf(process.platform === 'linux')('it ends, and the shell beside it', async () => {
  const path = diskFile(pattern(2 ** 20));
  const child = spawn(process.execPath, [CHILD, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  expect(await once(child, 'close')).toEqual([0, null]);
  while (holders(path).length > 0) await setImmediate();
});

test.runIf(process.platform === 'linux')('close() returns once nobody has it open', async () => {
  const path = diskFile(pattern(2 ** 20));
  const disk = await FileExport.open(path);
  await trimOf(disk, 0, 2 ** 20);
  expect(holders(path).length).toBe(2);
  await disk.close();
  expect(holders(path)).toEqual([]);
});
