import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { goalText, isMet } from './goal.mjs';
import { median } from './median.mjs';
import { Turns } from './turn.mjs';

/** @import { Case, Group } from './group.mjs' */

/**
 * @typedef {object} TurnsOptions
 * @property {number} rounds each case has one turn in each
 * @property {number} turnMs how long a turn is to take, about
 * @property {AbortSignal} [signal] ends it after the turn under way
 */

/**
 * Many short turns: what else runs on the machine then hits few of them hard, and the median leaves those out, where it would
 * spoil each long one.
 */
export const DEFAULT_TURNS = { rounds: 31, turnMs: 5 };

/**
 * What a case came to: medians of its turns. A ratio is this case's figure divided by the base's of the same round.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {boolean} ours
 * @property {number} value in the group's unit
 * @property {number | null} ratio null: quoted, not measured beside the base
 * @property {number | null} minRatio
 * @property {number | null} maxRatio
 * @property {{ text: string, met: boolean }} [goal]
 * @property {string} [source] of a quoted figure
 */

/** @typedef {{ name: string, unit: Group['unit'], rounds: number, base: string, rows: Row[] }} GroupFigures */

/**
 * Runs the cases of `group` one after the other, round by round: what the machine does meanwhile hits all of them alike.
 *
 * @param {Group} group
 * @param {TurnsOptions} options
 * @returns {Promise<GroupFigures | undefined>} undefined: aborted before the first round was over
 */
export async function measureByTurns(group, options) {
  const { cases, close } = await group.prepare();
  try {
    const turnMs = Math.max(options.turnMs, group.leastTurnMs ?? 0);
    const rounds = await takeTurns(cases, { ...options, turnMs });
    return rounds.length === 0 ? undefined : figuresOf(group, cases, rounds);
  } finally {
    await close?.();
  }
}

/**
 * @param {Case[]} cases
 * @param {TurnsOptions} options
 * @returns {Promise<number[][]>} of each whole round the nanoseconds for one operation of each case
 */
async function takeTurns(cases, { rounds, turnMs, signal }) {
  const contenders = cases.map((one) => new Turns(one));
  /** @type {number[][]} */
  const whole = [];
  // In round 0 they warm up.
  for (let round = 0; round <= rounds; round++) {
    /** @type {number[]} */
    const figures = [];
    for (const contender of contenders) {
      // A case may never yield, and a signal only arrives when somebody does.
      await eventLoopTurn();
      if (signal?.aborted === true) return whole;
      if (round === 0) await contender.warmUp(turnMs);
      figures.push(await contender.take(turnMs));
    }
    if (round > 0) whole.push(figures);
  }
  return whole;
}

/**
 * @param {Group} group
 * @param {Case[]} cases
 * @param {number[][]} rounds
 * @returns {GroupFigures}
 */
export function figuresOf({ name, unit, quoted = [] }, cases, rounds) {
  const base = Math.max(
    cases.findIndex(({ ours }) => ours !== true),
    0,
  );
  const columns = cases.map((_, index) => rounds.map((round) => inUnit(round[index] ?? Number.NaN, unit)));
  const measured = cases.map((one, index) => {
    const values = columns[index] ?? [];
    const ratios = values.map((value, round) => value / (columns[base]?.[round] ?? Number.NaN));
    const figures = { value: median(values), ratio: median(ratios) };
    return {
      name: one.name,
      ours: one.ours === true,
      ...figures,
      minRatio: Math.min(...ratios),
      maxRatio: Math.max(...ratios),
      ...(one.goal && { goal: { text: goalText(one.goal, unit), met: isMet(one.goal, figures) } }),
    };
  });
  const others = quoted.map((one) => ({ ...one, ours: false, ratio: null, minRatio: null, maxRatio: null }));
  return { name, unit, rounds: rounds.length, base: cases[base]?.name ?? '', rows: [...measured, ...others] };
}

/**
 * @param {number} ns
 * @param {Group['unit']} unit
 */
function inUnit(ns, unit) {
  if (unit === 'M/s') return 1e3 / ns;
  return unit === 'us' ? ns / 1e3 : ns;
}
