/** What a step of a coroutine or of the main program does. `context` matters only where it is an argument. */
export interface Action {
  verb: 'enter' | 'enterIfInactive' | 'wake' | 'kick' | 'schedule' | 'aioCoEnter' | 'yield';
  coroutine: number;
  context: number;
}

export interface Program {
  /** What each coroutine does. */
  scripts: Action[][];
  /** What happens outside: in a context that is current, or a poll of it. */
  outside: ({ poll: number } | { in: number; action: Action })[];
}

interface Modelled {
  state: 'created' | 'active' | 'yielded' | 'ended';
  context: number | null;
  scheduled: boolean;
  next: number;
  woken: number[];
}

/** QEMU's rules, spelt out on plain arrays: who runs when, and what is refused. */
export class SchedulingModel {
  readonly log: string[] = [];
  uncaught = 0;
  readonly #scripts: Action[][];
  readonly #coroutines: Modelled[];
  readonly #queues: number[][];
  #running: number | null = null;
  #current = 0;

  constructor(scripts: Action[][], contexts: number) {
    this.#scripts = scripts;
    this.#coroutines = scripts.map(() => ({
      state: 'created',
      context: null,
      scheduled: false,
      next: 0,
      woken: [],
    }));
    this.#queues = Array.from({ length: contexts }, () => []);
  }

  /** An action outside of coroutines. */
  act(context: number, action: Action): void {
    this.#within(context, () => this.#perform(action));
  }

  poll(context: number): void {
    const slice = this.#queues[context]!.splice(0);
    this.#within(context, () => {
      for (const id of slice) this.#turn(context, id);
    });
  }

  #within(context: number, body: () => void): void {
    const outer = this.#current;
    this.#current = context;
    body();
    this.#current = outer;
  }

  /** aio_co_schedule's bottom half: `id` and whom it wakes, depth first. */
  #turn(context: number, id: number): void {
    const co = this.#coroutines[id]!;
    co.scheduled = false;
    if (co.state === 'ended') this.uncaught++;
    else this.#enterChain(context, id);
  }

  /** qemu_aio_coroutine_enter: what a coroutine woke goes in front of those still pending. */
  #enterChain(context: number, id: number): null {
    let pending = [id];
    while (pending.length > 0) {
      const next = pending.shift()!;
      const co = this.#coroutines[next]!;
      co.scheduled = false;
      this.#run(context, next);
      pending = [...co.woken.splice(0), ...pending];
    }
    return null;
  }

  #run(context: number, id: number): void {
    const co = this.#coroutines[id]!;
    const enterer = this.#running;
    this.#running = id;
    co.state = 'active';
    co.context = context;
    this.#within(context, () => {
      this.log.push(`${id} at ${co.next} in ${context}`);
      const script = this.#scripts[id]!;
      while (co.next < script.length) {
        const action = script[co.next++]!;
        if (action.verb === 'yield') {
          co.state = 'yielded';
          return;
        }
        this.#perform(action);
      }
      co.state = 'ended';
    });
    this.#running = enterer;
  }

  #perform({ verb, coroutine: id, context }: Action): unknown {
    const co = this.#coroutines[id]!;
    switch (verb) {
      case 'enter':
      case 'enterIfInactive':
        if (verb === 'enterIfInactive' && co.state === 'active') return null;
        if (co.state === 'ended') return this.#refuse('COROUTINE_ENDED');
        if (co.scheduled) return this.#refuse('COROUTINE_ALREADY_SCHEDULED');
        if (co.state === 'active') return this.#refuse('COROUTINE_REENTERED');
        return this.#enterChain(this.#current, id);
      case 'wake':
        if (co.context === null) return this.#refuse('COROUTINE_NO_CONTEXT');
        return this.#aioCoEnter(co.context, id);
      case 'kick':
        if (co.state !== 'yielded' || co.scheduled || co.context === null) return null;
        return this.#aioCoEnter(co.context, id);
      case 'aioCoEnter':
        return this.#aioCoEnter(context, id);
      case 'schedule':
        return this.#schedule(context, id);
      case 'yield':
        return null;
    }
  }

  /** The three cases: another context; here, in a coroutine; here, outside. */
  #aioCoEnter(context: number, id: number): unknown {
    const co = this.#coroutines[id]!;
    if (context !== this.#current) return this.#schedule(context, id);
    if (co.state === 'ended') return this.#refuse('COROUTINE_ENDED');
    if (co.scheduled) return this.#refuse('COROUTINE_ALREADY_SCHEDULED');
    if (this.#running === null) return this.#enterChain(context, id);
    if (co.state === 'active') return this.#refuse('COROUTINE_REENTERED');
    co.scheduled = true;
    return this.#coroutines[this.#running]!.woken.push(id);
  }

  #schedule(context: number, id: number): unknown {
    const co = this.#coroutines[id]!;
    if (co.state === 'ended') return this.#refuse('COROUTINE_ENDED');
    if (co.scheduled) return this.#refuse('COROUTINE_ALREADY_SCHEDULED');
    co.scheduled = true;
    return this.#queues[context]!.push(id);
  }

  #refuse(code: string): unknown {
    return this.log.push(code);
  }
}
