import { describe, expect, test, vi } from 'vitest';
import type { Mutations } from './support/chunk-threads.js';
import { type ChunkScenario, exploreChunks } from './support/interleaved-chunks.js';

// Many steps: on a loaded machine more than the usual limit.
vi.setConfig({ testTimeout: 300_000 });

const scenarios = {
  'two make a chunk': {
    threads: [
      ['obtain 0', 'get 0'],
      ['obtain 0', 'turn', 'get 0'],
    ],
  },
  'three make a chunk': { threads: [['obtain 0'], ['obtain 0'], ['get 0', 'obtain 0']] },
  'one makes it and drops it, the other looks': {
    threads: [
      ['obtain 0', 'drop 0'],
      ['get 0', 'turn', 'get 0', 'get 0'],
    ],
  },
  'two make and drop': {
    threads: [
      ['obtain 0', 'drop 0', 'obtain 0'],
      ['obtain 0', 'turn', 'drop 0', 'get 0'],
    ],
  },
  'two make it, one drops it': { threads: [['obtain 0'], ['obtain 0'], ['drop 0']] },
  'one makes it, one drops it, one looks': {
    threads: [['obtain 0'], ['drop 0'], ['get 0', 'turn', 'get 0']],
  },
  'one makes it, two drop it': { threads: [['obtain 0', 'get 0'], ['drop 0'], ['drop 0']] },
  'two replace': {
    threads: [
      ['obtain 0', 'replace 0', 'get 0'],
      ['replace 0', 'get 0', 'drop 0'],
    ],
  },
  'one makes it, one replaces it, one drops it': {
    threads: [['obtain 0'], ['replace 0'], ['drop 0', 'get 0']],
  },
  'one makes chunks of two groups, the other looks for them': {
    threads: [
      ['obtain 0', 'obtain 2', 'drop 0'],
      ['next chunk', 'next hole', 'next chunk'],
    ],
  },
  'one makes and drops, the other has the extents': {
    threads: [
      ['obtain 0', 'obtain 1', 'drop 0', 'drop 1'],
      ['extents', 'extents'],
    ],
  },
  'one comes when the other begins': {
    threads: [
      ['obtain 0', 'drop 0', 'obtain 0'],
      ['get 0', 'obtain 0'],
    ],
    late: 1,
  },
  'one ends anywhere': {
    threads: [['obtain 0', 'drop 0', 'obtain 0'], ['obtain 0', 'get 0'], ['get 0']],
    mortal: 0,
  },
} satisfies Record<string, ChunkScenario>;

test.each(Object.entries<ChunkScenario>(scenarios))('%s: what each is told is so', (_what, scenario) => {
  expect(exploreChunks(scenario).interleavings).toBeGreaterThan(20n);
});

describe('the exploration fails if', () => {
  const won =
    'if (Atomics.compareExchange(this.#words, this.#chunkWords + index, 0, id) === 0) return memory;';
  const wonThen = (also: string): string => won.replace('return memory;', `{ ${also} return memory; }`);
  const tell = 'this.#tell({ id, memory: memory.buffer });';
  const group = 'Atomics.store(this.#words, GROUPS + Math.floor(index / GROUP), 1);';
  const inUse = 'Atomics.store(this.#words, IN_USE, 1);';
  const table = (replace: string, by: string): Mutations => ({ table: [{ replace, by }] });
  const bugs: [bug: string, scenario: keyof typeof scenarios, Mutations, found: string][] = [
    [
      'the word is written without a look',
      'two make a chunk',
      table(won, 'Atomics.store(this.#words, this.#chunkWords + index, id); if (id !== 0) return memory;'),
      'chunk 0 was taken away by obtain 0',
    ],
    [
      'the word is written before the memory is sent',
      'two make a chunk',
      {
        table: [
          { replace: tell, by: '' },
          { replace: won, by: wonThen(tell) },
        ],
      },
      'unreachable: chunk 0 was not sent',
    ],
    [
      'the word of the group is written after that of the chunk',
      'one makes chunks of two groups, the other looks for them',
      {
        table: [
          { replace: group, by: '' },
          { replace: won, by: wonThen(group) },
        ],
      },
      'next chunk: chunk 0 was never missing',
    ],
    [
      'nobody is told of a drop',
      'one makes it and drops it, the other looks',
      table('this.#tell({ id, memory: null });', ''),
      'thread 1 has memories 10, there are 0',
    ],
    [
      'a drop is told before its word says so',
      'one makes it and drops it, the other looks',
      table(
        'this.#forget(Atomics.exchange(this.#words, this.#chunkWords + index, 0));',
        `this.#forget(Atomics.load(this.#words, this.#chunkWords + index));
         Atomics.store(this.#words, this.#chunkWords + index, 0);`,
      ),
      'unreachable: chunk 0 was not sent',
    ],
    [
      'who is told of a drop keeps the memory',
      'one makes it and drops it, the other looks',
      table('if (memory === null) this.#memories.delete(id);', 'if (memory === null) return;'),
      'thread 1 has memories 10, there are 0',
    ],
    [
      'who drops what waits in his channel has it from there later',
      'one makes it, one drops it, one looks',
      table('while (!this.#memories.has(id) && this.#receive());', ''),
      'thread 1 has memories 10, there are 0',
    ],
    [
      'who comes second keeps his memory',
      'three make a chunk',
      table('this.#forget(id);\n    return this.obtain(index);', 'return this.obtain(index);'),
      'thread 0 has memories 110, there are 10',
    ],
    [
      'an id is taken in two steps',
      'two make a chunk',
      table(
        '(Atomics.add(this.#words, LAST_ID, 1) + 1) | 0;',
        'Atomics.load(this.#words, LAST_ID) + 1; Atomics.store(this.#words, LAST_ID, id);',
      ),
      'memory 1 and 9 have the id 1',
    ],
    [
      'that there are chunks is said after one was sent',
      'one comes when the other begins',
      {
        table: [
          { replace: inUse, by: '' },
          { replace: tell, by: `${tell} ${inUse}` },
        ],
      },
      'unreachable: chunk 0 was not sent',
    ],
    [
      'who comes looks for chunks before he joins the channel',
      'one comes when the other begins',
      {
        table: [
          {
            replace: 'const table = new SharedChunkTable(handle, chunks);',
            by: `const inUse = Atomics.load(new Int32Array(handle.words), IN_USE);
                 const table = new SharedChunkTable(handle, chunks);`,
          },
          { replace: 'if (Atomics.load(table.#words, IN_USE) === 0)', by: 'if (inUse === 0)' },
        ],
      },
      'unreachable: chunk 0 was not sent',
    ],
    [
      'the end of an extent is looked for where it begins',
      'one makes and drops, the other has the extents',
      { disk: [{ replace: 'next(isHole, index + 1, lastIndex)', by: 'next(isHole, index, lastIndex)' }] },
      'extents: one of 0 bytes at 4',
    ],
  ];
  test.each(bugs)('%s', (_bug, scenario, mutations, found) => {
    expect(() => exploreChunks({ ...scenarios[scenario], mutations })).toThrow(found);
  });
});
