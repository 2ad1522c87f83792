import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { QIOChannelFile } from '@coaio/qio-channel';

export function makeFifo(folder: string, name = 'fifo'): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
}

/** Its two ends. */
export async function openFifo(folder: string): Promise<{ reader: QIOChannelFile; writer: QIOChannelFile }> {
  const path = makeFifo(folder);
  // The reader first: a FIFO that nobody reads cannot be opened to write.
  const reader = await QIOChannelFile.open(path);
  return { reader, writer: await QIOChannelFile.open(path, 'w') };
}
