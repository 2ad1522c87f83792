import { frameOf } from './frames.js';
import type { Script, Step, StepResult } from './step.js';

/** A thread at a certain place with certain values: what it does next. */
export interface ThreadState {
  readonly id: number;
  /** Undefined: it has ended. */
  readonly step: Step | undefined;
}

class Node implements ThreadState {
  readonly children = new Map<StepResult, Node>();
  readonly id: number;
  readonly step: Step | undefined;
  /** All results from the start on, to come here again. */
  readonly history: readonly StepResult[];
  /** What the test's script has seen: results of its own steps, and of the functions that it called. */
  readonly seen: string;
  /** The script, standing at this step, until somebody has taken it further. */
  live: Script<unknown> | undefined;

  constructor(
    id: number,
    step: Step | undefined,
    history: readonly StepResult[],
    seen: string,
    live: Script<unknown>,
  ) {
    this.id = id;
    this.step = step;
    this.history = history;
    this.seen = seen;
    this.live = live;
  }
}

/** All that one thread may come to. A generator cannot be copied, so a second branch starts the script anew and repeats its results. */
export class ThreadTree {
  readonly root: ThreadState;
  readonly #start: () => Script<unknown>;
  // By what the script has seen, and the variables of the loaded functions that it is in.
  readonly #nodes = new Map<string, Node>();

  constructor(start: () => Script<unknown>) {
    this.#start = start;
    const script = start();
    this.root = this.#node([], '', script.next(), script);
  }

  after(state: ThreadState, result: StepResult): ThreadState {
    const node = state as Node;
    const known = node.children.get(result);
    if (known !== undefined) return known;
    const script = node.live ?? this.#again(node.history);
    node.live = undefined;
    const next = this.#node([...node.history, result], seenAfter(node, result), script.next(result), script);
    node.children.set(result, next);
    return next;
  }

  #again(history: readonly StepResult[]): Script<unknown> {
    const script = this.#start();
    script.next();
    for (const result of history) script.next(result);
    return script;
  }

  #node(
    history: readonly StepResult[],
    seen: string,
    next: IteratorResult<Step, unknown>,
    script: Script<unknown>,
  ): Node {
    const step = next.done ? undefined : next.value;
    const frame = step && frameOf(step);
    const key =
      step === undefined ? 'ended' : `${seen}@${step[0] === 'returns' ? `=${step[1]}` : (frame ?? '')}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = new Node(this.#nodes.size, step, history, seen, script);
    this.#nodes.set(key, node);
    return node;
  }
}

function seenAfter({ step, seen }: Node, result: StepResult): string {
  if (step === undefined || frameOf(step) !== undefined) return seen;
  if (step[0] === 'forget') return `${step[1]}:`;
  return `${seen},${step[0] === 'returns' ? step[1] : result}`;
}
