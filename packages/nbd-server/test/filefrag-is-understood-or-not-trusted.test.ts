import { expect, test } from 'vitest';
import { parseFilefrag } from '../src/exports/file/parse-filefrag.js';

const HEAD = `Filesystem type is: ef53
File size of /proc/self/fd/3 is 10485760 (20480 blocks of 512 bytes)
 ext:     logical_offset:        physical_offset: length:   expected: flags:
`;

test('neighbours are one range, reserved space is data', () => {
  const output = `${HEAD}   0:        0..    4095:   50597904..  50601999:   4096:             unwritten
   1:     4096..    6143:   50602000..  50604047:   2048:
   2:     8192..   20479:   50604048..  50618383:  12288:   50604049: last,unwritten,eof
/proc/self/fd/3: 2 extents found
`;
  expect(parseFilefrag(output, 10_485_760)).toEqual([
    { start: 0, end: 6144 * 512 },
    { start: 8192 * 512, end: 20480 * 512 },
  ]);
});

test('a file that is all hole', () => {
  const output = `Filesystem type is: ef53
File size of h is 3000 (8 block of 512 bytes)
h: 0 extents found
`;
  expect(parseFilefrag(output, 3000)).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['not supported', '/dev/shm/f: FIBMAP/FIEMAP unsupported\n'],
  ['another unit', `${HEAD.replace('512', '4096')} 0: 0.. 1: 5.. 6: 2:\nx: 1 extent found\n`],
  [
    'a block device',
    'Filesystem type is: ef53\nFile size of /dev/x is 0 (0 blocks of 512 bytes)\n/dev/x: 0 extents found\n',
  ],
  ['a file system that is not known', `${HEAD.replace('ef53', '4d44')}x: 0 extents found\n`],
  ['data in the inode', `${HEAD} 0: 0.. 0: 0.. 0: 1: last,not_aligned,inline,eof\nx: 1 extent found\n`],
  ['cut off', `${HEAD} 0: 0.. 1: 5.. 6: 2:\n`],
  ['fewer lines than it counts', `${HEAD} 0: 0.. 1: 5.. 6: 2:\nx: 2 extents found\n`],
  ['lines where it counts none', `${HEAD} 0: 0.. 1: 5.. 6: 2:\nx: 0 extents found\n`],
  ['out of order', `${HEAD} 0: 8.. 9: 5.. 6: 2:\n 1: 0.. 1: 9.. 9: 2:\nx: 2 extents found\n`],
])('%s is no answer', (_, output) => {
  expect(parseFilefrag(output, 10_485_760)).toBeNull();
});
