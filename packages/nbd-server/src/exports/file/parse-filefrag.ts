/** Bytes from `start` to before `end` that may be other than zero. */
export interface DataRange {
  readonly start: number;
  readonly end: number;
}

const SECTOR_SIZE = 512;
/** "   0:     9760..    9767:   50374176..  50374183:      8:  9760: last": what lies where in the file comes first. */
const EXTENT = /^ *\d+: *(\d+)\.\. *(\d+):/;

/** Data in an inode or beside other files' data: its length in sectors is cut off. */
const UNEVEN = /\b(inline|tail|not_aligned)\b/;
/** ext2 to ext4, XFS, Btrfs. Elsewhere it may use FIBMAP, which calls data a hole that is not yet on the disk. */
const TRUSTED = new Set(['ef53', '58465342', '9123683e']);
const HEAD = /^Filesystem type is: ([0-9a-f]+)\nFile size of \S+ is (\d+) \(\d+ blocks? of 512 bytes\)\n/;

/**
 * What `filefrag -v -b512` says of a file of `size` bytes: everything it lists is data, also space that was reserved and not
 * written, for what is in the page cache may be on its way there.
 *
 * @returns null: that is not its answer, or not one to trust. Of a block device it says that it is empty.
 */
export function parseFilefrag(output: string, size: number): DataRange[] | null {
  const head = HEAD.exec(output);
  const said = /: (\d+) extents? found\n$/.exec(output);
  if (head === null || said === null) return null;
  if (!TRUSTED.has(head[1] ?? '') || Number(head[2]) !== size) return null;
  const ranges: { start: number; end: number }[] = [];
  let count = 0;
  for (const line of output.split('\n')) {
    const match = EXTENT.exec(line);
    if (match === null) continue;
    if (UNEVEN.test(line)) return null;
    count++;
    const start = Number(match[1]) * SECTOR_SIZE;
    const end = (Number(match[2]) + 1) * SECTOR_SIZE;
    const last = ranges.at(-1);
    if (last !== undefined && start < last.end) return null;
    if (last !== undefined && last.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  // The count is of contiguous runs on the device, so there are as many lines or more.
  return count >= Number(said[1]) && count > 0 === (said[1] !== '0') ? ranges : null;
}
