import { doStep, type Exploration, explore, type Ghost, replay, type Script } from '@coaio/steppable';
import {
  CHUNK_SIZE,
  CHUNK_WORDS,
  CHUNKS,
  type ChunkThread,
  DONE,
  GO,
  loadChunkThreads,
  type Mutations,
  memoryFor,
  words,
} from './chunk-threads.js';

/** `turn`: the event loop comes round, and hands over what waits in the channel. */
export type Call =
  | `${'get' | 'obtain' | 'replace' | 'drop'} ${0 | 1 | 2}`
  | 'next chunk'
  | 'next hole'
  | 'extents'
  | 'turn';

export interface ChunkScenario {
  /** What each thread calls, one after another. */
  readonly threads: readonly (readonly Call[])[];
  /** Attaches when the others are under way; who is refused ends. */
  readonly late?: number;
  /** May end between any two steps. */
  readonly mortal?: number;
  readonly mutations?: Mutations;
}

// The ghost: the id that each chunk has; by thread, the call that it is in, from 1, and whether that has done nothing yet; by thread and
// chunk, the ids that the chunk has had since the call began, a bit for each; the name of the memory of each id; and by thread, the ids that it
// has at the end.
const NOW = 0;
const CALL = NOW + CHUNKS;
const FRESH = CALL + 3;
const SEEN = FRESH + 3;
const NAMES = SEEN + 3 * CHUNKS;
const HAS = NAMES + 20;
const REFUSED = -1;
/** No memory. */
const NONE = 1 << 0;

const seenBy = (state: Ghost, me: number, chunk: number): number => state[SEEN + me * CHUNKS + chunk]!;

/**
 * What a call says of a chunk was so at some moment while it was under way; what was made stays until somebody drops or replaces it; and
 * once all queues are read each thread has the memory of those chunks that there are, and no other.
 */
export function exploreChunks({ threads, late, mortal, mutations = {} }: ChunkScenario): Exploration {
  const start = loadChunkThreads(mutations, (state, id, name) => {
    const known = state[NAMES + id];
    if (known !== 0 && known !== name) throw new Error(`memory ${known} and ${name} have the id ${id}`);
    state[NAMES + id] = name;
  });

  const threadOf = (calls: readonly Call[], me: number) => (): Script =>
    replay(() => {
      const thread = start(me, threads.length, me === late);
      if (thread.table !== null) {
        for (const [number, call] of calls.entries()) {
          doStep(['forget', `${number} ${thread.lastMade()} ${thread.memories().join(' ')}`]);
          during(me, number + 1, () => doCall(thread, call, me));
        }
      }
      if (mortal === undefined) settle(thread, me, threads.length);
    });

  const result = explore({
    memory: memoryFor(threads.length, late === undefined ? [] : [late]),
    ghost: new Array<number>(HAS + 3).fill(0),
    threads: threads.map(threadOf),
    mayDie: mortal === undefined ? [] : [mortal],
    watch(thread, _step, _result, state, memory) {
      if (state[FRESH + thread] === 1) {
        state[FRESH + thread] = 0;
        for (let chunk = 0; chunk < CHUNKS; chunk++)
          state[SEEN + thread * CHUNKS + chunk] = 1 << state[NOW + chunk]!;
      }
      for (let chunk = 0; chunk < CHUNKS; chunk++) {
        const [before, id] = [state[NOW + chunk]!, memory[CHUNK_WORDS + chunk]!];
        if (id === before) continue;
        const call = threads[thread]?.[state[CALL + thread]! - 1] ?? 'none';
        if (before !== 0 && !/drop|replace/.test(call))
          throw new Error(`chunk ${chunk} was taken away by ${call}`);
        state[NOW + chunk] = id;
        for (let other = 0; other < threads.length; other++)
          if (state[CALL + other] !== 0) state[SEEN + other * CHUNKS + chunk]! |= 1 << id;
      }
    },
    atEnd({ memory, ghost }) {
      if (mortal !== undefined) return;
      const there = [...memory.subarray(CHUNK_WORDS, CHUNK_WORDS + CHUNKS)].filter((id) => id !== 0);
      const expected = there.reduce((ids, id) => ids | (1 << id), 0);
      for (const me of threads.keys()) {
        const has = ghost[HAS + me]!;
        if (has === REFUSED || has === expected) continue;
        throw new Error(`thread ${me} has memories ${has.toString(2)}, there are ${expected.toString(2)}`);
      }
    },
  });
  process.stdout.write(`${result.interleavings} interleavings, all explored as ${result.states} states\n`);
  return result;
}

/** Its answer is judged by what there was from its first step on. */
function during(me: number, number: number, call: () => (state: Ghost) => void): void {
  doStep([
    'ghost',
    (state) => {
      state[CALL + me] = number;
      state[FRESH + me] = 1;
    },
  ]);
  const judge = call();
  doStep([
    'ghost',
    (state) => {
      judge(state);
      state[CALL + me] = 0;
      state[FRESH + me] = 0;
      state.fill(0, SEEN + me * CHUNKS, SEEN + (me + 1) * CHUNKS);
    },
  ]);
}

function doCall(thread: ChunkThread, call: Call, me: number): (state: Ghost) => void {
  const table = thread.table!;
  const [what, which] = call.split(' ');
  const index = Number(which);
  const hadMemory = (name: number) => (state: Ghost) => {
    for (let id = 0; 1 << id <= seenBy(state, me, index); id++) {
      if ((seenBy(state, me, index) & (1 << id)) !== 0 && state[NAMES + id] === name) return;
    }
    throw new Error(`${call}: memory ${name} was not there at any moment`);
  };
  switch (what) {
    case 'get':
      return hadMemory(table.get(index)?.[0] ?? 0);
    case 'obtain':
      return hadMemory(table.obtain(index)[0]!);
    case 'replace':
      table.replace(index);
      return hadMemory(thread.lastMade());
    case 'drop':
      table.drop(index);
      return hadMemory(0);
    case 'next': {
      const hasChunk = which === 'chunk';
      const found = table.next(hasChunk, 0, CHUNKS);
      return (state) => {
        for (let chunk = 0; chunk <= Math.min(found, CHUNKS - 1); chunk++)
          expectSeen(call, seenBy(state, me, chunk), chunk, hasChunk === (chunk === found));
      };
    }
    case 'extents': {
      // From within a chunk.
      const extents = thread.disk().extents(1, CHUNKS * CHUNK_SIZE - 1);
      return (state) => {
        let at = 1;
        for (const { length, status } of extents) {
          if (length <= 0) throw new Error(`extents: one of ${length} bytes at ${at}`);
          const end = at + length;
          for (; at < end; at = CHUNK_SIZE * (Math.floor(at / CHUNK_SIZE) + 1)) {
            const chunk = Math.floor(at / CHUNK_SIZE);
            expectSeen(call, seenBy(state, me, chunk), chunk, status === 0);
          }
        }
        if (at !== CHUNKS * CHUNK_SIZE) throw new Error(`extents: they end at ${at}`);
      };
    }
    default:
      thread.turn();
      return () => {};
  }
}

function expectSeen(call: Call, seen: number, chunk: number, isThere: boolean): void {
  if ((isThere ? seen & ~NONE : seen & NONE) === 0)
    throw new Error(`${call}: chunk ${chunk} was never ${isThere ? 'there' : 'missing'}`);
}

/** Once all are done, one after another reads what is left in its queue. */
function settle(thread: ChunkThread, me: number, threads: number): void {
  doStep(['forget', `done ${thread.table === null} ${thread.memories().join(' ')}`]);
  if (Number(doStep(['add', words, DONE, 1])) === threads - 1) doStep(['store', words, GO, 1]);
  doStep(['takeWhenSet', words, GO + me]);
  if (thread.table !== null) thread.turn();
  const has = thread.memories().reduce((ids, [id]) => ids | (1 << id), 0);
  doStep([
    'ghost',
    (state) => {
      state[HAS + me] = thread.table === null ? REFUSED : has;
    },
  ]);
  if (me + 1 < threads) doStep(['store', words, GO + me + 1, 1]);
}
