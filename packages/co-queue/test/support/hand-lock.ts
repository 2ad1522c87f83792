import { aioCoKick, type Co, type Coroutine, coSelf, coYield, type Lockable } from '@coaio/coroutine';

export interface HandLock extends Lockable {
  holder: Coroutine | null;
  /** How often it was unlocked. */
  unlocks: number;
  /** Whoever holds it, it is free now; called by hand. */
  free(): void;
}

/** A lock of the user's own: no more than `Lockable` asks for, written without any of this project's locks. */
export function handLock(): HandLock {
  const waiting: Coroutine[] = [];
  return {
    holder: null,
    unlocks: 0,
    *lock(): Co<void> {
      const self = coSelf();
      if (this.holder !== null) waiting.push(self);
      while (this.holder !== null) yield* coYield();
      this.holder = self;
    },
    unlock() {
      if (this.holder !== coSelf()) throw new Error('not the holder');
      this.unlocks++;
      this.free();
    },
    free() {
      this.holder = null;
      const next = waiting.shift();
      if (next !== undefined) aioCoKick(next);
    },
  };
}
