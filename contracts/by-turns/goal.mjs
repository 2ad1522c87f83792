/** @import { Goal } from './group.mjs' */

/**
 * In words, e.g. `at most 1.3x`, `at least 4.5 M/s`.
 *
 * @param {Goal} goal
 * @param {string} unit
 */
export function goalText({ of, most, least }, unit) {
  const figure = (/** @type {number} */ value) => (of === 'ratio' ? `${value}x` : `${value} ${unit}`);
  const limits = [
    ...(most === undefined ? [] : [`at most ${figure(most)}`]),
    ...(least === undefined ? [] : [`at least ${figure(least)}`]),
  ];
  return limits.join(', ');
}

/**
 * @param {Goal} goal
 * @param {{ value: number, ratio: number }} figures
 */
export function isMet({ of, most = Number.POSITIVE_INFINITY, least = 0 }, figures) {
  return figures[of] <= most && figures[of] >= least;
}
