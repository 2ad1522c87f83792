import { DEFAULT_TURNS, measureByTurns } from './measure-by-turns.mjs';

/**
 * Measures groups and prints them: the `bench` script of a package.
 *
 * @param {import('./group.mjs').Group[]} groups
 * @param {import('./measure-by-turns.mjs').TurnsOptions} options
 */
export async function printByTurns(groups, options = DEFAULT_TURNS) {
  for (const group of groups) {
    const figures = await measureByTurns(group, options);
    if (figures !== undefined) process.stdout.write(`${printed(figures)}\n\n`);
  }
}

/** @param {import('./measure-by-turns.mjs').GroupFigures} figures */
function printed({ name, unit, base, rows }) {
  const width = Math.max(...rows.map((row) => row.name.length));
  const lines = rows.map(({ name, value, ratio, goal, source }) => {
    const cells = [
      `  ${name.padEnd(width)}  ${value.toFixed(2).padStart(11)} ${unit}`,
      ratio === null ? '        ' : `${ratio.toFixed(2)}x`.padStart(8),
      ...(goal === undefined ? [] : [`${goal.met ? 'met:' : 'MISSED:'} ${goal.text}`]),
      ...(source === undefined ? [] : [`quoted: ${source}`]),
    ];
    return cells.join('  ').trimEnd();
  });
  return [`${name}  (1x: ${base})`, ...lines].join('\n');
}
