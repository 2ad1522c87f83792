import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AioContext, BottomHalf } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { refusalOf } from './support/refusal.js';

const context = new AioContext();
const good = context.createBottomHalf(() => {}).handle;

test.each([
  ['nothing', undefined, 'undefined'],
  ['null', null, 'object'],
  ['a number', 7, 'number'],
  ['an empty object', {}, 'object'],
  ['one of another kind', context.handle, 'one of AioContext'],
  ['foreign memory', { ...good, memory: new SharedArrayBuffer(1 << 20) }, 'a copy without its shared memory'],
  ['memory that is none', { ...good, memory: new ArrayBuffer(1 << 20) }, 'a copy without its shared memory'],
  ['no cell', { ...good, cell: undefined }, `one of cell undefined and thread ${good.home}`],
  ['a cell outside', { ...good, cell: 1e9 }, `one of cell 1000000000 and thread ${good.home}`],
  ['a thread as the cell', { ...good, cell: good.home }, `one of cell ${good.home} and thread ${good.home}`],
  ['no thread', { ...good, home: -1 }, `one of cell ${good.cell} and thread -1`],
  ['no generation', { ...good, generation: 0.5 }, `one of cell ${good.cell} and thread ${good.home}`],
  ['no tag', { ...good, homeTag: undefined }, `one of cell ${good.cell} and thread ${good.home}`],
])('%s', (_, value, got) => {
  expect(refusalOf(() => BottomHalf.attach(value as never))).toEqual({
    code: 'AIO_BAD_HANDLE',
    message: `attach: expected a handle of BottomHalf, got ${got}`,
  });
});

test('a context is told from a bottom half', () => {
  expect(refusalOf(() => AioContext.attach(good as never))).toEqual({
    code: 'AIO_BAD_HANDLE',
    message: 'attach: expected a handle of AioContext, got one of BottomHalf',
  });
});

test('a worker that made handles before its maker shared anything is in other memory', async () => {
  // Made in a process that has shared nothing yet: this one has.
  const worker = new Worker(new URL('./workers/makes-memory-of-its-own.mjs', import.meta.url), {
    workerData: good,
  });
  const [refusal] = await once(worker, 'message');
  expect(refusal).toEqual({
    code: 'AIO_OTHER_MEMORY',
    message:
      'attach: the handle comes from threads that share other memory than this one, which made handles before it got one',
  });
});
