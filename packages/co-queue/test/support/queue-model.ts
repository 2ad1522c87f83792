export type Index = 0 | 1;

interface Modelled {
  readonly name: string;
  /** For each wait that is left, whether it begins at the head. */
  readonly fronts: boolean[];
  context: Index;
  state: 'waiting' | 'chosen' | 'woken' | 'abandoned' | 'ended';
  scheduled: boolean;
}

/** A waking call's list, or the one bottom half that resumes what was scheduled. */
type BottomHalf = Modelled[] | 'resume';

/** The queue as an array, and what each context's next poll does as arrays too. Context 0 is the current one. */
export class QueueModel {
  readonly log: string[] = [];
  readonly queue: Modelled[] = [];
  readonly #all: Modelled[] = [];
  readonly #bottomHalves: [BottomHalf[], BottomHalf[]] = [[], []];
  readonly #scheduled: [Modelled[], Modelled[]] = [[], []];

  start(context: Index, fronts: boolean[]): void {
    const one: Modelled = { name: `w${this.#all.length}`, fronts, context, state: 'ended', scheduled: false };
    this.#all.push(one);
    this.#waitAgain(one);
  }

  take(count: number, now: boolean): void {
    const taken = this.queue.splice(0, count);
    for (const one of taken) one.state = 'chosen';
    for (const index of [0, 1] as const) {
      const list = taken.filter(({ context }) => context === index);
      if (now && index === 0) for (const one of list) this.#wake(one, 0);
      else if (list.length > 0) this.#bottomHalves[index].push(list);
    }
  }

  abort(who: number): void {
    const one = this.#all[who];
    if (one?.state !== 'waiting') return;
    this.queue.splice(this.queue.indexOf(one), 1);
    one.state = 'abandoned';
    this.#kick(one, 0);
  }

  /** Returns whether it can be moved. */
  move(who: number, to: Index): boolean {
    const one = this.#all[who];
    if (one === undefined || one.state === 'ended' || one.scheduled) return false;
    this.#schedule(one, to);
    return true;
  }

  poll(index: Index): void {
    for (const bottomHalf of this.#bottomHalves[index].splice(0)) {
      if (bottomHalf === 'resume') {
        for (const one of this.#scheduled[index].splice(0)) {
          one.scheduled = false;
          one.context = index;
          this.#look(one);
        }
      } else for (const one of bottomHalf) this.#wake(one, index);
    }
  }

  #wake(one: Modelled, current: Index): void {
    one.state = 'woken';
    this.#kick(one, current);
  }

  #kick(one: Modelled, current: Index): void {
    if (one.scheduled) return;
    if (one.context === current) this.#look(one);
    else this.#schedule(one, one.context);
  }

  #schedule(one: Modelled, to: Index): void {
    one.scheduled = true;
    this.#scheduled[to].push(one);
    if (!this.#bottomHalves[to].includes('resume')) this.#bottomHalves[to].push('resume');
  }

  #look(one: Modelled): void {
    if (one.state === 'waiting' || one.state === 'chosen') return;
    this.log.push(one.state === 'woken' ? one.name : `${one.name} abandoned`);
    this.#waitAgain(one);
  }

  #waitAgain(one: Modelled): void {
    const front = one.fronts.shift();
    one.state = front === undefined ? 'ended' : 'waiting';
    if (front === true) this.queue.unshift(one);
    else if (front === false) this.queue.push(one);
  }
}
