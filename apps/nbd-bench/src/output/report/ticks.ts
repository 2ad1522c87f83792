/** Of an axis: ticks and labels at these values and no others. */
export function ticksAt(values: readonly number[], shown: (value: number) => string) {
  const customValues = [...values];
  return { axisTick: { customValues }, axisLabel: { customValues, formatter: shown } };
}

/** 1, 2 and 5 times each power of ten from `least` to `most`, both more than 0.
 *  @param room decades: where there are more, the powers alone */
export function roundValues(least: number, most: number, room: number): number[] {
  const digits = Math.log10(most / least) > room ? [1] : [1, 2, 5];
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    .flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)))
    .filter((value) => value >= least && value <= most);
}
