import { constants, type FileHandle, open } from 'node:fs/promises';
import { assertWithin } from './assert-within.js';
import { DataMap } from './file/data-map.js';
import { diskSize } from './file/disk-size.js';
import { FileSpace } from './file/file-space.js';
import { Turns } from './file/turns.js';
import type {
  NbdBackend,
  NbdExtent,
  NbdReadOptions,
  NbdWriteOptions,
  NbdZeroOptions,
} from './nbd-backend.js';

/** From here on a hole costs less than its zeroes: the tool that makes it runs for 1 ms. */
const WORTH_A_HOLE = 2 ** 20;
/** A shorter trim is a hint that is not worth a process. */
const WORTH_A_TRIM = 2 ** 16;
/** Holes are made of whole blocks, at least of those of the device. */
const BLOCK = 4096;
/** For all: hundreds of short requests at a time are not to take a MiB each. */
const ZEROES = new Uint8Array(2 ** 20);
const READ_AHEAD = 2 ** 18;

export interface FileExportOptions {
  /** Open it for reading alone. */
  readOnly?: boolean | undefined;
}

/**
 * A disk in a regular file or a block device. Its size is the file's when it was opened, or at the last {@link resize}.
 *
 * Trims of 64 KiB and more and writes of zeroes of 1 MiB and more are left to the command `fallocate`, and what has data to
 * `filefrag`: Linux's tools, run by one shell beside this process. Where one is missing, or the file system cannot do it,
 * a trim does nothing, zeroes are written, and all is reported as data.
 */
export class FileExport implements NbdBackend {
  readonly readOnly: boolean;
  readonly #file: FileHandle;
  /** The same file for writes with FUA: they wait for their own bytes, not for all that is dirty. Null: not to be had. */
  readonly #durable: FileHandle | null;
  readonly #path: string;
  readonly #space: FileSpace;
  readonly #map: DataMap;
  readonly #turns = new Turns();
  /** What is read into it nobody looks at, so all may do so at once. */
  readonly #scratch = new Uint8Array(READ_AHEAD);
  #size: number;
  /** Why a flush has failed: the system has dropped what it could not write, and would say that the next one is fine. */
  #lost: Error | null = null;

  /**
   * @throws the error of `open`, with the system's `code`: `ENOENT`, `EACCES`, ...
   * @throws NbdUsageError `NBD_BAD_EXPORT`: neither a regular file nor a block device, or a device of unknown size.
   */
  static async open(path: string, options: FileExportOptions = {}): Promise<FileExport> {
    const readOnly = options.readOnly === true;
    // What is no disk, as a FIFO that nobody writes to, is not waited for.
    const file = await open(path, (readOnly ? constants.O_RDONLY : constants.O_RDWR) | constants.O_NONBLOCK);
    try {
      const size = await diskSize(file, path);
      return new FileExport(file, readOnly ? null : await durable(file), path, size, readOnly);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(
    file: FileHandle,
    durable: FileHandle | null,
    path: string,
    size: number,
    readOnly: boolean,
  ) {
    this.#file = file;
    this.#durable = durable;
    this.#path = path;
    this.#size = size;
    this.readOnly = readOnly;
    this.#space = new FileSpace(file.fd, path);
    this.#map = new DataMap(file, this.#space);
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes the size that the file or device has now. Clients learn of it by `NbdServer.resizeExport`.
   * @throws NbdUsageError `NBD_BAD_EXPORT`: a device of unknown size.
   */
  async resize(): Promise<void> {
    this.#size = await diskSize(this.#file, this.#path);
  }

  async read(offset: number, target: Uint8Array, options?: NbdReadOptions): Promise<void> {
    let done = 0;
    while (done < target.length) {
      const { bytesRead } = await this.#file.read(target, done, target.length - done, offset + done);
      if (bytesRead === 0) throw this.#endedEarly(offset + done);
      done += bytesRead;
    }
    if (options?.fua) await this.flush();
  }

  async write(offset: number, data: Uint8Array, { fua }: NbdWriteOptions): Promise<void> {
    assertWithin(this.#path, this.#size, offset, data.length);
    const file = (fua ? this.#durable : null) ?? this.#file;
    await this.#changing(async () => {
      let done = 0;
      while (done < data.length) {
        const { bytesWritten } = await file.write(data, done, data.length - done, offset + done);
        done += bytesWritten;
      }
    });
    if (fua && this.#durable === null) await this.flush();
  }

  /** @throws what it threw once, for ever: what was written since the flush before that is lost, or may be. */
  async flush(): Promise<void> {
    if (this.#lost !== null) throw this.#lost;
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#lost = error as Error;
      throw error;
    }
  }

  async trim(offset: number, length: number, { fua }: NbdWriteOptions): Promise<void> {
    const { start, end } = wholeBlocks(offset, length);
    if (end - start >= WORTH_A_TRIM) await this.#changing(() => this.#space.punch(start, end - start));
    if (fua) await this.flush();
  }

  async writeZeroes(offset: number, length: number, { fua, mayTrim }: NbdZeroOptions): Promise<void> {
    assertWithin(this.#path, this.#size, offset, length);
    const { start, end } = wholeBlocks(offset, length);
    await this.#changing(async () => {
      if (
        end - start < WORTH_A_HOLE ||
        !(await this.#space[mayTrim ? 'punch' : 'zero'](start, end - start))
      ) {
        await this.#fill(offset, offset + length);
        return;
      }
      await this.#fill(offset, start);
      await this.#fill(end, offset + length);
    });
    if (fua) await this.flush();
  }

  /** Reads it, so that the system has it in memory. */
  async cache(offset: number, length: number): Promise<void> {
    const readAhead = (done: number): Promise<void> =>
      this.read(offset + done, this.#scratch.subarray(0, length - done));
    if (length <= READ_AHEAD) return await readAhead(0);
    for (let done = 0; done < length; done += READ_AHEAD) await this.#turns.take(() => readAhead(done));
  }

  extents(offset: number, length: number): Promise<NbdExtent[]> {
    return this.#map.extents(offset, length);
  }

  async close(): Promise<void> {
    await this.#space.close();
    await this.#durable?.close();
    await this.#file.close();
  }

  async #fill(start: number, end: number): Promise<void> {
    let at = start;
    const fillOn = async (): Promise<void> => {
      assertWithin(this.#path, this.#size, at, end - at);
      const { bytesWritten } = await this.#file.write(ZEROES, 0, Math.min(ZEROES.length, end - at), at);
      at += bytesWritten;
    };
    const isLong = end - start > ZEROES.length;
    while (at < end) await (isLong ? this.#turns.take(fillOn) : fillOn());
  }

  async #changing(change: () => Promise<unknown>): Promise<void> {
    this.#map.changed();
    try {
      await change();
    } finally {
      this.#map.changed();
    }
  }

  #endedEarly(offset: number): Error {
    const message = `${this.#path} ends at byte ${offset}, it had ${this.size} bytes when it was looked at`;
    return Object.assign(new Error(message), { code: 'EIO', offset });
  }
}

/** The very file that is open, whatever its path means by now. */
async function durable(file: FileHandle): Promise<FileHandle | null> {
  try {
    return await open(`/proc/self/fd/${file.fd}`, constants.O_RDWR | constants.O_DSYNC);
  } catch {
    return null;
  }
}

function wholeBlocks(offset: number, length: number): { start: number; end: number } {
  const start = Math.ceil(offset / BLOCK) * BLOCK;
  return { start, end: Math.max(start, Math.floor((offset + length) / BLOCK) * BLOCK) };
}
