import { type Coroutine, coSelf, inCoroutine } from '@coaio/coroutine';
import { CoRwlockError, type CoRwlockErrorCode } from './co-rwlock-error.js';
import { type LockHold, type TrackedHold, trackedHold } from './lock-hold.js';

export type RwlockMode = 'read' | 'write';

const FOR = { read: 'for reading', write: 'for writing' } as const;
/** A message names so many of the readers. */
const NAMED = 3;

/** Who holds a CoRwlock, nobody, one for writing, or some for reading; and what a caller may ask for because of that. */
export class RwlockHolders {
  readonly #name: string;
  readonly #tracks: boolean;
  #writer: Coroutine | null = null;
  /** The first reader, if it was alone when it came: in the Map it would take three times as long. */
  #firstReader: Coroutine | null = null;
  /** Of the writer, or of the first reader. */
  #hold: TrackedHold | null = null;
  readonly #others = new Map<Coroutine, TrackedHold | null>();

  constructor(name: string, tracks: boolean) {
    this.#name = name;
    this.#tracks = tracks;
  }

  get isWritten(): boolean {
    return this.#writer !== null;
  }

  get readers(): number {
    return this.#others.size + (this.#firstReader === null ? 0 : 1);
  }

  modeOf(coroutine: Coroutine): RwlockMode | null {
    if (this.#writer === coroutine) return 'write';
    if (this.#firstReader === coroutine) return 'read';
    return this.#others.size > 0 && this.#others.has(coroutine) ? 'read' : null;
  }

  grant(coroutine: Coroutine, mode: RwlockMode, purpose: string | undefined): void {
    coroutine.locksHeld++;
    const hold = this.#tracks ? trackedHold(purpose) : null;
    if (mode === 'read' && this.readers > 0) {
      this.#others.set(coroutine, hold);
      return;
    }
    if (mode === 'read') this.#firstReader = coroutine;
    else this.#writer = coroutine;
    this.#hold = hold;
  }

  release(coroutine: Coroutine): void {
    coroutine.locksHeld--;
    if (this.#writer === coroutine) this.#writer = null;
    else if (this.#firstReader === coroutine) this.#firstReader = null;
    else this.#others.delete(coroutine);
  }

  /** The writer reads from now on. */
  downgrade(): void {
    this.#firstReader = this.#writer;
    this.#writer = null;
  }

  list(): Coroutine[] {
    const alone = this.#writer ?? this.#firstReader;
    return alone === null ? [...this.#others.keys()] : [alone, ...this.#others.keys()];
  }

  holds(): LockHold[] {
    const alone = this.#writer ?? this.#firstReader;
    const others = Array.from(this.#others, ([holder, hold]) => ({ holder, ...hold }));
    return alone === null ? others : [{ holder: alone, ...this.#hold }, ...others];
  }

  /** The running coroutine, which holds the lock in no way. @throws CoRwlockError. */
  newcomer(operation: string): Coroutine {
    const self = this.#caller(operation);
    const mode = this.modeOf(self);
    if (mode === null) return self;
    return this.#refuse('CO_RWLOCK_RECURSIVE', operation, `"${self.name}" holds it ${FOR[mode]} already`);
  }

  /** The running coroutine, which holds the lock, in the way of `mode` if that is given. @throws CoRwlockError. */
  holder(operation: string, mode?: RwlockMode): Coroutine {
    const self = this.#caller(operation);
    const held = this.modeOf(self);
    if (held === null) {
      this.#refuse('CO_RWLOCK_NOT_HOLDER', operation, `"${self.name}" called, ${this.#who()}`);
    }
    if (mode === undefined || held === mode) return self;
    const why = `"${self.name}" holds it ${FOR[held]}, not ${FOR[mode]}`;
    return this.#refuse('CO_RWLOCK_WRONG_MODE', operation, why);
  }

  #caller(operation: string): Coroutine {
    if (!inCoroutine()) {
      this.#refuse('CO_RWLOCK_OUTSIDE_COROUTINE', operation, 'called outside a coroutine');
    }
    return coSelf();
  }

  #who(): string {
    const names = this.list().map(({ name }) => `"${name}"`);
    if (names.length === 0) return 'nobody holds it';
    if (this.#writer !== null) return `${names[0]} holds it ${FOR.write}`;
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    return `${names.slice(0, NAMED).join(', ')}${more} ${names.length === 1 ? 'holds' : 'hold'} it ${FOR.read}`;
  }

  #refuse(code: CoRwlockErrorCode, operation: string, why: string): never {
    throw new CoRwlockError(code, `${operation} "${this.#name}": ${why}`);
  }
}
