import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deviceSize, majorMinor } from '../src/exports/file/disk-size.js';

test.each([
  [0x0801, '8:1'],
  [0x1_0300, '259:0'],
  [0x0010_0301, '3:257'],
  [2 ** 32 * 0x1000 + 0x0805, '4104:5'],
])('device number %i', (rdev, expected) => {
  // Linux's own packing: minor bits 0-7, major bits 0-11, minor bits 8-19, major bits 12-31.
  expect(majorMinor(rdev)).toBe(expected);
});

function someBlockDevice(): string | undefined {
  try {
    return readdirSync('/sys/class/block')
      .map((name) => `/dev/${name}`)
      .find((path) => statSync(path, { throwIfNoEntry: false })?.isBlockDevice());
  } catch {
    return undefined;
  }
}

const device = someBlockDevice();

test.skipIf(device === undefined)('a device that is here', async () => {
  const path = device ?? '';
  const sectors = Number(readFileSync(`/sys/class/block/${path.slice('/dev/'.length)}/size`, 'utf8'));
  expect(await deviceSize(path, statSync(path).rdev)).toBe(sectors * 512);
});

test('one that is not', async () => {
  await expect(deviceSize('/dev/nope', 0)).rejects.toMatchObject({ code: 'NBD_BAD_EXPORT' });
});
