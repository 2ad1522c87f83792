/** Of what was begun, or has waited, before the disk became shorter. @throws Error with `code` `ENOSPC`. */
export function assertWithin(what: string, size: number, offset: number, length: number): void {
  if (offset + length <= size) return;
  const message = `${what}: ${length} bytes at ${offset} exceed the ${size} bytes of the disk`;
  throw Object.assign(new Error(message), { code: 'ENOSPC' });
}
