/** From a value to its place on an axis, 0 to `length`. */
export interface Scale {
  at(value: number): number;
  /** Round values, in order. */
  ticks: readonly number[];
}

/** From 0 to `most` or the round value above it. */
export function linearScale(most: number, length: number): Scale {
  // At least 4 ticks, at most 8.
  const step = roundDown((most || 1) / 4);
  const steps = Math.ceil((most || 1) / step - 1e-9);
  return {
    at: (value) => (value / (steps * step)) * length,
    ticks: Array.from({ length: steps + 1 }, (_, index) => tidy(index * step)),
  };
}

/** From `least` or the round value below it to `most` or the one above. Both more than 0.
 *  @param room that the label of a tick needs: where 1, 2 and 5 are nearer, only powers of ten have one */
export function logScale(least: number, most: number, length: number, room: number): Scale {
  const from = roundDown(least);
  const to = roundUp(Math.max(most, from * 2));
  const wide = (length * Math.log10(2)) / Math.log10(to / from) < room;
  const ticks: number[] = [];
  for (let decade = Math.floor(Math.log10(from)); decade <= Math.ceil(Math.log10(to)); decade++) {
    for (const digit of wide ? [1] : [1, 2, 5]) {
      const tick = tidy(digit * 10 ** decade);
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  }
  return { at: (value) => (Math.log(value / from) / Math.log(to / from)) * length, ticks };
}

/** 1, 2 or 5 times a power of ten, at most `value`. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const digits = value / power + 1e-9;
  return tidy((digits >= 5 ? 5 : digits >= 2 ? 2 : 1) * power);
}

function roundUp(value: number): number {
  const below = roundDown(value);
  if (below >= value * (1 - 1e-9)) return below;
  return tidy(below * (String(below).includes('2') ? 2.5 : 2));
}

/** Without the tail of a sum of binary fractions. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
