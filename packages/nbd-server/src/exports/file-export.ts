import { type FileHandle, open } from 'node:fs/promises';
import { NbdUsageError } from '@coaio/nbd-protocol';
import { deviceSize } from './device-size.js';
import type { NbdBackend, NbdWriteOptions } from './nbd-backend.js';

export interface FileExportOptions {
  /** Open it for reading alone. */
  readOnly?: boolean;
}

/** A disk in a regular file or a block device. Its size is the file's when it was opened. */
export class FileExport implements NbdBackend {
  readonly size: number;
  readonly readOnly: boolean;
  readonly #file: FileHandle;
  readonly #path: string;

  /**
   * @throws the error of `open`, with the system's `code`: `ENOENT`, `EACCES`, ...
   * @throws NbdUsageError `NBD_BAD_EXPORT`: neither a regular file nor a block device, or a device of unknown size.
   */
  static async open(path: string, options: FileExportOptions = {}): Promise<FileExport> {
    const readOnly = options.readOnly === true;
    const file = await open(path, readOnly ? 'r' : 'r+');
    try {
      const stat = await file.stat();
      if (stat.isFile()) return new FileExport(file, path, stat.size, readOnly);
      if (stat.isBlockDevice()) {
        return new FileExport(file, path, await deviceSize(path, stat.rdev), readOnly);
      }
      throw new NbdUsageError('NBD_BAD_EXPORT', path, 'neither a regular file nor a block device');
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(file: FileHandle, path: string, size: number, readOnly: boolean) {
    this.#file = file;
    this.#path = path;
    this.size = size;
    this.readOnly = readOnly;
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    let done = 0;
    while (done < target.length) {
      const { bytesRead } = await this.#file.read(target, done, target.length - done, offset + done);
      if (bytesRead === 0) throw this.#endedEarly(offset + done);
      done += bytesRead;
    }
  }

  async write(offset: number, data: Uint8Array, { fua }: NbdWriteOptions): Promise<void> {
    let done = 0;
    while (done < data.length) {
      const { bytesWritten } = await this.#file.write(data, done, data.length - done, offset + done);
      done += bytesWritten;
    }
    if (fua) await this.#file.datasync();
  }

  async flush(): Promise<void> {
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #endedEarly(offset: number): Error {
    const message = `${this.#path} ends at byte ${offset}, it had ${this.size} bytes when it was opened`;
    return Object.assign(new Error(message), { code: 'EIO' });
  }
}
