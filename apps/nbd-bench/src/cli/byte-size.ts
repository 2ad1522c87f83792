// fio's suffixes: powers of two, one letter, either case.
const SUFFIXES = 'kmgtp';
const BYTE_SIZE = /^([0-9]+)([kmgtp]?)$/i;

/** Bytes of e.g. `4k`, `1M`, `512`; undefined for anything else, and past 2^53. */
export function parseByteSize(text: string): number | undefined {
  const [, digits, suffix = ''] = BYTE_SIZE.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const size = Number(digits) * 1024 ** (suffix === '' ? 0 : SUFFIXES.indexOf(suffix.toLowerCase()) + 1);
  return Number.isSafeInteger(size) ? size : undefined;
}

/** For people to read: exact where a suffix is, e.g. `4 KiB`, `1000 bytes`. */
export function formatByteSize(size: number | bigint): string {
  let value = BigInt(size);
  let power = 0;
  while (value !== 0n && value % 1024n === 0n && power < SUFFIXES.length) {
    value /= 1024n;
    power++;
  }
  return power === 0 ? `${value} bytes` : `${value} ${SUFFIXES.charAt(power - 1).toUpperCase()}iB`;
}
