const SUFFIXES = 'BKMGTPE';

/** Bytes of "64M", "1G", "512k", "4096": the suffixes of fio and QEMU, powers of two. Undefined if it is no size. */
export function parseSize(text: string): number | undefined {
  const parts = /^([0-9]+)([BKMGTPE]?)$/i.exec(text);
  if (parts === null) return undefined;
  const [, digits = '', suffix = ''] = parts;
  const size = Number(digits) * 1024 ** Math.max(0, SUFFIXES.indexOf(suffix.toUpperCase()));
  return Number.isSafeInteger(size) ? size : undefined;
}
