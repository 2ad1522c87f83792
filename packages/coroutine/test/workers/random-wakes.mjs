// One thread of the stress: its coroutines wake each other and those of the other threads, at random.
import { isMainThread, threadId } from 'node:worker_threads';
import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { aioCoSchedule, aioCoWake, Coroutine, coRun, coSelf, coYield } from '@coaio/coroutine';

/** Words of the shared memory: how many are to be awake, how many are, what to do; then two for each coroutine. */
export const WANTED = 0;
export const AWAKE = 1;
export const PHASE = 2;
export const WAKES = 3;

/** PHASE: wake others; only yield; end. */
export const RUN = 0;
export const STOP = 1;
export const END = 2;

/** How often one that finds all asleep ones taken tries again. */
const TRIES = 50;

/** @type {AioContext[]} */
let contexts = [];
/** @type {Promise<unknown>[]} */
let all = [];
/** @type {ReturnType<typeof Coroutine.attach>[]} */
let peers = [];
/** @type {(AioContext | import('@coaio/aio-context').RemoteAioContext)[][]} */
let peerContexts = [];
let refused = 0;

/** @param {number} seed */
export function randomOf(seed) {
  let state = seed | 0;
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/**
 * @param {Int32Array} words
 * @param {number} first its number among those of all threads
 * @param {number} count
 * @param {number} seed
 */
export function makes(words, first, count, seed) {
  contexts = [/** @type {AioContext} */ (getCurrentAioContext()), new AioContext({ name: 'second' })];
  /** @type {import('@coaio/coroutine').CoroutineHandle[]} */
  const handles = [];
  all = Array.from({ length: count }, (_, index) =>
    coRun(() => wakesAtRandom(words, first + index, randomOf(seed + first + index), handles)),
  );
  return { handles, contexts: contexts.map((context) => context.handle) };
}

/**
 * @param {import('@coaio/coroutine').CoroutineHandle[]} handles of all coroutines
 * @param {import('@coaio/aio-context').AioContextHandle[][]} contextHandles of each thread
 */
export function meets(handles, contextHandles) {
  peers = handles.map((handle) => Coroutine.attach(handle));
  peerContexts = contextHandles.map((of) => of.map((handle) => AioContext.attach(handle)));
}

/** Whatever ran here when it was called has yielded. */
export function fence() {}

export async function ends() {
  await Promise.all(all);
  return refused;
}

/**
 * @param {Int32Array} words
 * @param {number} number
 * @param {(below: number) => number} random
 * @param {unknown[]} handles where it puts its own
 * @returns {import('@coaio/coroutine').Co<void>}
 */
function* wakesAtRandom(words, number, random, handles) {
  const home = threadId;
  const self = coSelf();
  handles.push(self.handle);
  for (;;) {
    yield* coYield();
    Atomics.add(words, WAKES + 2 * number + 1, 1);
    if (isMainThread || threadId !== home || self.context !== getCurrentAioContext()) {
      throw new Error(`${number} runs in thread ${threadId}, context ${getCurrentAioContext()?.name}`);
    }
    const phase = Atomics.load(words, PHASE);
    if (phase === END) return;
    if (phase === STOP) continue;
    const awake = Atomics.sub(words, AWAKE, 1);
    const missing = Atomics.load(words, WANTED) - awake + 1;
    // At least one if too few are awake: else all would sleep in the end.
    for (let wakes = Math.min(missing, 2); wakes > 0; wakes--) wakeAny(words, number, random);
  }
}

/**
 * @param {Int32Array} words
 * @param {number} self no coroutine wakes itself
 * @param {(below: number) => number} random
 */
export function wakeAny(words, self, random) {
  for (let tries = 0; tries < TRIES; tries++) {
    const target = random(peers.length);
    if (target !== self && wakes(target, random)) {
      Atomics.add(words, AWAKE, 1);
      Atomics.add(words, WAKES + 2 * target, 1);
      return;
    }
  }
}

/**
 * @param {number} target
 * @param {(below: number) => number} random
 */
function wakes(target, random) {
  const peer = /** @type {ReturnType<typeof Coroutine.attach>} */ (peers[target]);
  try {
    if (random(8) > 0) aioCoWake(peer);
    else {
      const there = peerContexts[Math.floor(target / (peers.length / peerContexts.length))] ?? [];
      aioCoSchedule(/** @type {AioContext} */ (there[random(there.length)]), peer);
    }
    return true;
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code !== 'COROUTINE_ALREADY_SCHEDULED') throw error;
    refused++;
    return false;
  }
}
