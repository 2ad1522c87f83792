import type { IOCondition } from '../qio-channel.js';

/** A call that moves the position. */
export interface PositionTurn {
  readonly condition: IOCondition;
}

/**
 * Who may use a file's position: its reader and its writer share it, and one call's end is the next one's start. First come, first
 * served. A call keeps its turn until the system has answered, also if the coroutine that made it is gone.
 */
export class PositionLine {
  readonly #line: PositionTurn[] = [];
  readonly #changed: (left: IOCondition) => void;

  /** @param changed somebody left: whoever is first now may go on. */
  constructor(changed: (left: IOCondition) => void) {
    this.#changed = changed;
  }

  get free(): boolean {
    return this.#line.length === 0;
  }

  join(condition: IOCondition): PositionTurn {
    const turn = { condition };
    this.#line.push(turn);
    return turn;
  }

  isFirst(turn: PositionTurn): boolean {
    return this.#line[0] === turn;
  }

  leave(turn: PositionTurn): void {
    const at = this.#line.indexOf(turn);
    if (at < 0) return;
    this.#line.splice(at, 1);
    this.#changed(turn.condition);
  }
}
