/** One document, pretty-printed. A bigint becomes a number where that is exact, else a string. */
export function jsonDocument(value: unknown): string {
  const plain = (_key: string, field: unknown): unknown => {
    if (typeof field !== 'bigint') return field;
    return field <= Number.MAX_SAFE_INTEGER ? Number(field) : String(field);
  };
  return `${JSON.stringify(value, plain, 2)}\n`;
}
