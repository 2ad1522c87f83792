import { type DataRange, parseFilefrag } from './parse-filefrag.js';
import { SpaceShell, type ToolAnswer } from './space-shell.js';

type Verb = 'punch' | 'zero' | 'map';

interface Job {
  readonly verb: Verb;
  offset: number;
  end: number;
  readonly done: Promise<ToolAnswer | null>;
  readonly settle: (answer: ToolAnswer | null) => void;
}

/** What fallocate says that is no fault of the tool or of the file system's kind. */
const FAILURES: readonly (readonly [words: string, code: string])[] = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['Input/output error', 'EIO'],
];

/**
 * The space that a file takes: gives it back, and tells where there is none, by `fallocate` (util-linux) and `filefrag`
 * (e2fsprogs), as far as they are installed and the file system knows how.
 *
 * Neighbours that wait for their turn become one call. What has turned out not to work is not tried again.
 */
export class FileSpace {
  readonly #fd: number;
  readonly #path: string;
  readonly #waiting: Job[] = [];
  readonly #useless = new Set<Verb>();
  #shell: SpaceShell | null = null;
  #working: Promise<void> | null = null;

  constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
    if (process.platform !== 'linux')
      for (const verb of ['punch', 'zero', 'map'] as const) this.#useless.add(verb);
  }

  /**
   * Makes the range a hole, which is zero. @returns false: that cannot be had here, and the range is as it was or zero.
   * @throws Error with `code` `ENOSPC`, `EDQUOT`, `EIO`.
   */
  punch(offset: number, length: number): Promise<boolean> {
    return this.#change('punch', offset, length);
  }

  /** The same, but the range keeps its space. */
  zero(offset: number, length: number): Promise<boolean> {
    return this.#change('zero', offset, length);
  }

  /** Where there is data now in a regular file of `size` bytes, in order; all else is zero. Null: nobody can tell. */
  async map(size: number): Promise<DataRange[] | null> {
    const answer = await this.#do('map', 0, 0);
    const ranges = answer?.status === 0 ? parseFilefrag(answer.output, size) : null;
    if (ranges === null) this.#useless.add('map');
    return ranges;
  }

  async close(): Promise<void> {
    await this.#working;
    await this.#shell?.close();
  }

  async #change(verb: 'punch' | 'zero', offset: number, length: number): Promise<boolean> {
    const answer = await this.#do(verb, offset, offset + length);
    if (answer?.status === 0) return true;
    const failure = FAILURES.find(([words]) => answer?.output.includes(words));
    if (failure === undefined) {
      this.#useless.add(verb);
      return false;
    }
    const message = `${this.#path}: ${verb} of ${length} bytes at ${offset}: ${failure[0]}`;
    throw Object.assign(new Error(message), { code: failure[1] });
  }

  async #do(verb: Verb, offset: number, end: number): Promise<ToolAnswer | null> {
    if (this.#useless.has(verb)) return null;
    const neighbour = this.#waiting.find(
      (job) => job.verb === verb && job.offset <= end && offset <= job.end,
    );
    if (neighbour !== undefined) {
      neighbour.offset = Math.min(neighbour.offset, offset);
      neighbour.end = Math.max(neighbour.end, end);
      return neighbour.done;
    }
    const { promise: done, resolve: settle } = withResolvers<ToolAnswer | null>();
    this.#waiting.push({ verb, offset, end, done, settle });
    this.#working ??= this.#work();
    return done;
  }

  async #work(): Promise<void> {
    // What is asked for in this turn may still join.
    await null;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      this.#shell ??= SpaceShell.start(this.#fd);
      const line = `${job.verb} ${job.offset} ${job.end - job.offset}`;
      job.settle(this.#shell === null ? null : await this.#shell.ask(line));
    }
    this.#working = null;
  }
}

/** `Promise.withResolvers` of Node 22. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
