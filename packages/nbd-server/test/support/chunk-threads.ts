import { NBD_STATE_HOLE, NBD_STATE_ZERO } from '@coaio/nbd-protocol';
import { doStep, type Ghost, loadWithStandIns, type Mutation } from '@coaio/steppable';
import { MAX_EXTENTS } from '../../src/exports/max-extents.js';
import type * as Shared from '../../src/exports/memory/shared-chunk-table.js';
import type * as Sparse from '../../src/exports/memory/sparse-memory.js';

export const CHUNKS = 3;
/** Of the stand-in: the first two are a group, the third is one. */
const GROUP = 2;
export const CHUNK_SIZE = 4;

// The words, each explored state has its own: those of the table, and those of what stands in for the channel, a queue for each thread.
export const words = new Int32Array(0);
export const CHUNK_WORDS = 4;
const MEMBERS = 7;
/** Of the test: how many are done, and whose turn it is to read the rest of its queue. */
export const DONE = 8;
export const GO = 9;
const QUEUES = 16;
const CAPACITY = 16;

interface News {
  readonly id: number;
  readonly memory: SharedArrayBuffer | null;
}

/** What a thread has of its own, made anew for each replay. */
interface Thread {
  readonly me: number;
  readonly threads: number;
  /** Attached before anything was done: that takes no steps. */
  isStarting: boolean;
  /** How often it has made memory. */
  made: number;
  memories: ReadonlyMap<number, Uint8Array>;
  hear: (event: { data: News }) => void;
}

export interface ChunkThread {
  readonly table: Shared.SharedChunkTable | null;
  disk(): Sparse.SparseMemory;
  /** By id, the name of the memory that the thread has. */
  memories(): [id: number, name: number][];
  lastMade(): number;
  /** The event loop comes round. */
  turn(): void;
}

export interface Mutations {
  readonly table?: readonly Mutation[];
  readonly disk?: readonly Mutation[];
}

export function memoryFor(threads: number, late: readonly number[]): Int32Array {
  const memory = new Int32Array(QUEUES + threads * CAPACITY);
  for (let me = 0; me < threads; me++) if (!late.includes(me)) memory[MEMBERS]! |= 1 << me;
  return memory;
}

/**
 * The real table and the real disk over it, over a channel whose posts come to one member after another: those of two threads at a time may come
 * to a third and a fourth in different orders, as Node's do.
 *
 * @param named told, as part of the step before, of each memory that a thread keeps by an id
 */
export function loadChunkThreads(
  { table = [], disk = [] }: Mutations,
  named: (state: Ghost, id: number, name: number) => void,
) {
  let thread: Thread;

  const atomics = Object.fromEntries(
    (['load', 'store', 'add', 'exchange', 'compareExchange'] as const).map((op) => [
      op,
      (_words: Int32Array, index: number, ...args: number[]) =>
        thread.isStarting ? 0 : doStep([op, words, index, ...args]),
    ]),
  );

  class Channel {
    set onmessage(hear: Thread['hear']) {
      thread.hear = hear;
    }

    constructor() {
      if (!thread.isStarting) doStep(['or', words, MEMBERS, 1 << thread.me]);
    }

    postMessage({ id, memory }: News): void {
      const members = Number(doStep(['load', words, MEMBERS]));
      for (let to = 0; to < thread.threads; to++) {
        if (to === thread.me || (members & (1 << to)) === 0) continue;
        doStep(['push', words, QUEUES + to * CAPACITY, CAPACITY, id * 64 + nameOf(memory)]);
      }
    }

    unref(): void {}

    close(): void {
      doStep(['and', words, MEMBERS, ~(1 << thread.me)]);
    }
  }

  function receive(): News | undefined {
    const news = Number(doStep(['shift', words, QUEUES + thread.me * CAPACITY, CAPACITY]));
    if (news === 0) return undefined;
    const name = news % 64;
    return { id: Math.floor(news / 64), memory: name === 0 ? null : memoryOf(name) };
  }

  class Memories extends Map<number, Uint8Array> {
    constructor() {
      super();
      thread.memories = this;
    }

    override set(id: number, memory: Uint8Array): this {
      doStep(['ghost', (state) => named(state, id, memory[0] ?? 0)]);
      return super.set(id, memory);
    }
  }

  const at = (name: string) => new URL(`../../src/exports/memory/${name}.ts`, import.meta.url);
  const { SharedChunkTable } = loadWithStandIns<typeof Shared>(at('shared-chunk-table'), {
    imports: {
      'node:worker_threads': {
        BroadcastChannel: Channel,
        receiveMessageOnPort: () => {
          const message = receive();
          return message && { message };
        },
      },
      './chunk.js': { newSharedChunk: () => new Uint8Array(memoryOf(thread.me * 8 + ++thread.made)) },
      './chunk-table.js': { GROUP },
    },
    globals: { Atomics: atomics, Map: Memories },
    mutations: table,
  });
  const { SparseMemory } = loadWithStandIns<typeof Sparse>(at('sparse-memory'), {
    imports: {
      '@coaio/nbd-protocol': { NBD_STATE_HOLE, NBD_STATE_ZERO },
      '../max-extents.js': { MAX_EXTENTS },
      './chunk.js': { CHUNK_SIZE },
      './chunk-table.js': {},
    },
    mutations: disk,
  });
  const handle = SharedChunkTable.handleFor(CHUNKS);
  if (handle.words.byteLength !== 4 * (CHUNK_WORDS + CHUNKS)) throw new Error('the words are others');

  return function start(me: number, threads: number, isLate: boolean): ChunkThread {
    const mine: Thread = { me, threads, isStarting: !isLate, made: 0, memories: new Map(), hear: () => {} };
    thread = mine;
    const attached = SharedChunkTable.attach(handle, CHUNKS);
    mine.isStarting = false;
    return {
      table: attached,
      disk: () => new SparseMemory(CHUNKS * CHUNK_SIZE, attached!),
      memories: () =>
        [...mine.memories].map(([id, [name = 0]]): [number, number] => [id, name]).sort(([a], [b]) => a - b),
      lastMade: () => me * 8 + mine.made,
      turn() {
        for (let news = receive(); news !== undefined; news = receive()) mine.hear({ data: news });
      },
    };
  };
}

/** It has its name in it. */
function memoryOf(name: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(1);
  new Uint8Array(memory)[0] = name;
  return memory;
}

function nameOf(memory: SharedArrayBuffer | null): number {
  return memory === null ? 0 : (new Uint8Array(memory)[0] ?? 0);
}
