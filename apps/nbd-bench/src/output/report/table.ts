import { Markup, type MarkupValue, markup } from './markup.js';

/** Cells, or a title over the rows that follow. */
export type TableRow = readonly MarkupValue[] | Markup;

/** As `plainTable`: columns of `words` are left-aligned, the others are figures. */
export function htmlTable(
  head: readonly string[],
  rows: readonly TableRow[],
  words: readonly number[] = [0],
): Markup {
  const kind = (column: number): string => (words.includes(column) ? 'word' : 'figure');
  const tableRow = (row: TableRow): Markup =>
    row instanceof Markup
      ? markup`<tr class="title"><th scope="colgroup" colspan="${head.length}" class="word">${row}</th></tr>\n`
      : markup`<tr>${row.map((value, column) => markup`<td class="${kind(column)}">${value}</td>`)}</tr>\n`;
  return markup`<div class="table"><table>
<thead><tr>${head.map((name, column) => markup`<th scope="col" class="${kind(column)}">${name}</th>`)}</tr></thead>
<tbody>
${rows.map(tableRow)}</tbody>
</table></div>`;
}
