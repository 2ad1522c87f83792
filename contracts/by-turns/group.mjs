/**
 * What a figure has to be: at most, or at least, so much.
 *
 * @typedef {object} Goal
 * @property {'value' | 'ratio'} of
 * @property {number} [most]
 * @property {number} [least]
 */

/**
 * One way to do a thing.
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {boolean} [ours] else it is a rival
 * @property {number} [batch] operations come in multiples of it; default 1
 * @property {(operations: number) => unknown} run does so many. It is timed from the call to the end of its promise, unless it gives
 *   the nanoseconds itself: then what it does before and after is not part of them.
 * @property {Goal} [goal]
 */

/**
 * A figure that somebody else has published: nothing is run for it.
 *
 * @typedef {object} Quoted
 * @property {string} name
 * @property {number} value in the group's unit
 * @property {string} source
 */

/**
 * @typedef {object} Prepared
 * @property {Case[]} cases The first rival is what ratios are to; without any, the first case.
 * @property {() => unknown} [close] ends what was started for them
 */

/**
 * Ways to do the same thing, measured by turns.
 *
 * @typedef {object} Group
 * @property {string} name
 * @property {'ns' | 'us' | 'M/s'} unit of one operation; M/s: million operations a second
 * @property {number} [leastTurnMs] shorter turns would measure its beginning: threads that wake up, sockets that fill
 * @property {() => Prepared | Promise<Prepared>} prepare
 * @property {Quoted[]} [quoted]
 */

export {};
