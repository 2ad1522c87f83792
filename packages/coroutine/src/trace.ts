import { type Channel, channel } from 'node:diagnostics_channel';
import type { AioContext } from '@coaio/aio-context';
import type { Coroutine } from './coroutine.js';
import type { CoWait } from './waits.js';

/**
 * What this package publishes on `node:diagnostics_channel`, by channel name. Messages are published as it happens, in
 * the thread where it happens; a subscriber must not enter or wake coroutines. Without subscribers no message is made.
 */
export interface CoroutineTrace {
  'coaio:coroutine:create': { readonly coroutine: Coroutine };
  /** It goes on, or begins, in `context`. `enterer`: the coroutine that it comes back to. */
  'coaio:coroutine:enter': {
    readonly coroutine: Coroutine;
    readonly context: AioContext;
    readonly enterer: Coroutine | null;
  };
  /** `wait`: what for, where that is known. */
  'coaio:coroutine:yield': { readonly coroutine: Coroutine; readonly wait: CoWait | undefined };
  /** `operation` asks that `coroutine` runs in `context`. `waker`: the coroutine that called it. */
  'coaio:coroutine:wake': {
    readonly coroutine: Coroutine;
    readonly operation: string;
    readonly waker: Coroutine | null;
    readonly context: AioContext;
  };
  /** `thrown`: what its enterer gets, in an object of its own; null = it ended well. */
  'coaio:coroutine:end': {
    readonly coroutine: Coroutine;
    readonly thrown: { readonly error: unknown } | null;
  };
  'coaio:coroutine:wait-begin': CoWait;
  'coaio:coroutine:wait-end': CoWait;
}

/** A channel whose messages have a type. */
interface TraceChannel<T> {
  /** The property of a channel without subscribers is a constant: the hot paths ask it each time. */
  readonly hasSubscribers: boolean;
  publish(message: T): void;
}

function traceChannel<K extends keyof CoroutineTrace>(name: K): TraceChannel<CoroutineTrace[K]> {
  return channel(name) as Channel;
}

export const createChannel = traceChannel('coaio:coroutine:create');
export const enterChannel = traceChannel('coaio:coroutine:enter');
export const yieldChannel = traceChannel('coaio:coroutine:yield');
export const wakeChannel = traceChannel('coaio:coroutine:wake');
export const endChannel = traceChannel('coaio:coroutine:end');
export const waitBeginChannel = traceChannel('coaio:coroutine:wait-begin');
export const waitEndChannel = traceChannel('coaio:coroutine:wait-end');
