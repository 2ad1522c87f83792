import { type AioContext, getMainAioContext } from '@coaio/aio-context';
import { type Co, Coroutine, coYield } from '@coaio/coroutine';

/** A coroutine that does what it is told, one thing after the other. */
export class Actor {
  readonly co: Coroutine;
  /** What the last thing it was told threw. */
  thrown: unknown;
  readonly #context: AioContext;
  #task: (() => Co<unknown>) | null = null;

  constructor(name: string, context = getMainAioContext()) {
    this.#context = context;
    const run = (): Co<never> => this.#run();
    this.co = Coroutine.create(run, name);
  }

  /** Whether it has not come to the end of what it was told. */
  get waits(): boolean {
    return this.#task !== null;
  }

  /** Tells it to do `task`; on return it has, or waits. */
  does(task: () => Co<unknown>): this {
    if (this.#task !== null) throw new Error(`${this.co.name} waits`);
    this.#task = task;
    this.thrown = undefined;
    this.co.enter(this.#context);
    return this;
  }

  /** The same with a task that yields nothing. */
  calls(task: () => unknown): this {
    return this.does(function* (): Co<void> {
      task();
    });
  }

  *#run(): Co<never> {
    for (;;) {
      try {
        if (this.#task !== null) yield* this.#task();
      } catch (error) {
        this.thrown = error;
      }
      this.#task = null;
      yield* coYield();
    }
  }
}

export function actors(names: string, context?: AioContext): Actor[] {
  return [...names].map((name) => new Actor(name, context));
}

/** The names of those who have done what they were told. */
export function done(all: readonly Actor[]): string {
  return all
    .filter(({ waits }) => !waits)
    .map(({ co }) => co.name)
    .join('');
}
