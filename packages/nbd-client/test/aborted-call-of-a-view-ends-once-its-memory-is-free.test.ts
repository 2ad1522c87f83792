import { aioCoKick, type Co, type Coroutine, coSelf, coYield, onAbort } from '@coaio/coroutine';
import type { RequestOptions } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { shareCommands } from './support/shared-commands.js';
import { user } from './support/view-thread.js';

/** Waits for the end that `options` asks for, and a while more. */
function* untilAborted(options: RequestOptions | undefined, atLast: () => void): Co<never> {
  const signal = options?.signal as AbortSignal;
  const self: Coroutine = coSelf();
  onAbort(signal, () => aioCoKick(self));
  while (!signal.aborted) yield* coYield();
  atLast();
  throw signal.reason;
}

test('with the reason of its own signal, after the last byte that the home thread writes', async () => {
  const thread = await shareCommands((_name, _offset, target, options) =>
    untilAborted(options as RequestOptions, () => (target as Uint8Array).fill(7)),
  );
  const memory = new Uint8Array(new SharedArrayBuffer(100));
  expect(await thread.run(user, 'abortsItsRead', 0, memory)).toBe('enough');
  expect(memory.every((byte) => byte === 7)).toBe(true);
});

test('one that is done all the same says so', async () => {
  const thread = await shareCommands(function* (_name, _offset, _target, options): Co<unknown> {
    yield* untilDone(options as RequestOptions);
    return undefined;
  });
  expect(await thread.run(user, 'abortsItsRead', 0, new Uint8Array(10))).toBe('read');
});

function* untilDone(options: RequestOptions): Co<void> {
  try {
    yield* untilAborted(options, () => {});
  } catch {}
}

test('one whose signal has aborted already is not called', async () => {
  const thread = await shareCommands(() => {
    throw new Error('called');
  });
  expect(await thread.run(user, 'readsWithAbortedSignal')).toBe('before');
});

test('one that waits for a slot leaves the line, the others go on', async () => {
  let waiting: Coroutine[] = [];
  const thread = await shareCommands(function* (): Co<unknown> {
    const self = coSelf();
    waiting.push(self);
    // All slots are taken: the one that is in line behind them never comes here.
    if (waiting.length === 256) {
      const all = waiting;
      waiting = [];
      for (const each of all) if (each !== self) aioCoKick(each);
      return undefined;
    }
    yield* coYield();
    return undefined;
  });
  expect(await thread.run(user, 'abortsOneInLine', 256)).toEqual({ read: 256, aborted: 'enough' });
});
