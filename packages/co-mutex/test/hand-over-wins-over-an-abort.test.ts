import { AioContext, getMainAioContext } from '@coaio/aio-context';
import { CoMutex, CoRwlock } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { Actor } from './support/actor.js';

const mutex = new CoMutex();
const { reader, writer } = new CoRwlock();

test.each([
  ['CoMutex', mutex, mutex],
  ['CoRwlock, reading', reader, writer],
  ['CoRwlock, writing', writer, writer],
] as const)(
  '%s: handed over, then aborted before the new holder has run: it has the lock',
  (_, lock, others) => {
    const elsewhere = new AioContext();
    const abort = new AbortController();
    const holder = new Actor('holder').does(() => others.lock());
    const heir = new Actor('heir', elsewhere).does(() => lock.lock({ signal: abort.signal }));
    const last = new Actor('last').does(() => others.lock());
    holder.calls(() => others.unlock());
    abort.abort(new Error('too late'));
    expect(heir.waits).toBe(true);
    elsewhere.poll();
    expect([heir.waits, heir.thrown, lock.holders()]).toEqual([false, undefined, [heir.co]]);
    heir.calls(() => lock.unlock());
    getMainAioContext().poll();
    expect([last.waits, lock.holders()]).toEqual([false, [last.co]]);
    last.calls(() => others.unlock());
  },
);
