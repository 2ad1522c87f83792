import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileExport } from '../src/index.js';
import { trimOf, zeroIn } from './support/backend-calls.js';
import { diskFile, fakeCommands } from './support/disk-files.js';

const MIB = 2 ** 20;

test('in any order, as long as they wait for their turn', async () => {
  const folder = fakeCommands({ fallocate: 'echo "$*" | sed "s/ .proc.*//" >> "$(dirname "$0")/calls"' });
  const disk = await FileExport.open(diskFile(64 * MIB));
  await Promise.all([
    trimOf(disk, 4 * MIB, MIB),
    trimOf(disk, 5 * MIB, MIB),
    trimOf(disk, 3 * MIB, MIB),
    zeroIn(disk, 6 * MIB, MIB, false),
    trimOf(disk, 20 * MIB, MIB),
    trimOf(disk, 20 * MIB + 4096, 4 * MIB),
  ]);
  await trimOf(disk, 25 * MIB, MIB);
  await disk.close();
  expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toEqual([
    `-p -o ${3 * MIB} -l ${3 * MIB}`,
    `-z -n -o ${6 * MIB} -l ${MIB}`,
    `-p -o ${20 * MIB} -l ${4 * MIB + 4096}`,
    `-p -o ${25 * MIB} -l ${MIB}`,
  ]);
});
