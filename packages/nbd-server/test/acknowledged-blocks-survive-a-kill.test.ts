import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { diskFile } from './support/disk-files.js';

const CHILD = fileURLToPath(new URL('children/writes-until-it-is-killed.mjs', import.meta.url));
const RUNS = process.env['COAIO_SOAK'] === undefined ? 20 : 100;
const WRITERS = 4;
const BLOCKS = 8;
const BLOCK_SIZE = 4096;

/** Kills a process that writes once it has said `count` lines. @returns the round that each block was acknowledged with. */
async function killedAfter(count: number, path: string): Promise<Map<number, number>> {
  const args = [CHILD, path, WRITERS, BLOCKS, BLOCK_SIZE].map(String);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
    if (text.split('\n').length > count) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  const acknowledged = new Map<number, number>();
  // The last line may be cut off.
  for (const line of text.split('\n').slice(0, -1)) {
    const [block = 0, round = 0] = line.split(' ').map(Number);
    acknowledged.set(block, round);
  }
  return acknowledged;
}

test(
  'of a file, at any point',
  async () => {
    let checked = 0;
    for (let run = 0; run < RUNS; run++) {
      const path = diskFile(WRITERS * BLOCKS * BLOCK_SIZE);
      const count = 1 + Math.floor(Math.random() * 300);
      const acknowledged = await killedAfter(count, path);
      const words = new Uint32Array(new Uint8Array(readFileSync(path)).buffer);
      for (const [block, round] of acknowledged) {
        const start = (block * BLOCK_SIZE) / 4;
        // What was written after it may be there already.
        const oldest = Math.min(...words.subarray(start, start + BLOCK_SIZE / 4));
        expect(oldest, `run ${run}, killed after ${count} lines: block ${block}`).toBeGreaterThanOrEqual(
          round,
        );
        checked++;
      }
      rmSync(path);
    }
    expect(checked).toBeGreaterThan(RUNS);
  },
  RUNS * 10_000,
);
