import type { AioContext } from '@coaio/aio-context';
import { NbdUsageError } from '@coaio/nbd-protocol';
import type { ServedExport } from './exports/served-export.js';

/** An export, or null: the whole server. */
export type Scope = ServedExport | null;

/** Where the connections of a server run, and which of them are not to run at all. */
export class ServerContexts {
  #main: AioContext;
  readonly #homes = new Map<ServedExport, AioContext>();
  /** How many drains of it have not been undone. */
  readonly #drains = new Map<Scope, number>();

  constructor(main: AioContext) {
    this.#main = main;
  }

  /** Of handshakes, and of exports that have none of their own. */
  get main(): AioContext {
    return this.#main;
  }

  of(served: ServedExport): AioContext {
    return this.#homes.get(served) ?? this.#main;
  }

  /** Whether connections that use it may take requests; null: those that have not chosen. */
  isDrained(scope: Scope): boolean {
    return this.#drains.has(scope) || this.#drains.has(null);
  }

  beginDrain(scope: Scope): void {
    this.#drains.set(scope, (this.#drains.get(scope) ?? 0) + 1);
  }

  /** @throws NbdUsageError `NBD_NOT_DRAINED`. */
  assertDrained(scope: Scope): void {
    if (this.#drains.has(scope)) return;
    const what = scope === null ? 'the server' : `export "${scope.info.name}"`;
    throw new NbdUsageError('NBD_NOT_DRAINED', 'resume', `${what} was not drained, or was resumed already`);
  }

  endDrain(scope: Scope): void {
    const drains = this.#drains.get(scope) ?? 0;
    if (drains > 1) this.#drains.set(scope, drains - 1);
    else this.#drains.delete(scope);
  }

  move(scope: Scope, context: AioContext): void {
    if (scope !== null) {
      this.#homes.set(scope, context);
      return;
    }
    this.#main = context;
    this.#homes.clear();
  }

  /** The export is gone. */
  forget(served: ServedExport): void {
    this.#homes.delete(served);
    this.#drains.delete(served);
  }
}
