// Trims a file and leaves it open: the process must end all the same.
//   node trims-and-does-not-close.mjs FILE
import { FileExport } from '@coaio/nbd-server';

const disk = await FileExport.open(process.argv[2] ?? '');
await disk.trim(0, 2 ** 20, { fua: false });
process.stdout.write('trimmed\n');
