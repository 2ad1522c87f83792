export const NBD_EPERM = 1;
export const NBD_EIO = 5;
export const NBD_ENOMEM = 12;
export const NBD_EINVAL = 22;
export const NBD_ENOSPC = 28;
export const NBD_EOVERFLOW = 75;
export const NBD_ENOTSUP = 95;
export const NBD_ESHUTDOWN = 108;

const VALUES = {
  EPERM: NBD_EPERM,
  EIO: NBD_EIO,
  ENOMEM: NBD_ENOMEM,
  EINVAL: NBD_EINVAL,
  ENOSPC: NBD_ENOSPC,
  EOVERFLOW: NBD_EOVERFLOW,
  ENOTSUP: NBD_ENOTSUP,
  ESHUTDOWN: NBD_ESHUTDOWN,
} as const;

/** The error names that may cross the wire. */
export type NbdErrnoName = keyof typeof VALUES;

const NAMES: ReadonlyMap<number, NbdErrnoName> = new Map(
  (Object.keys(VALUES) as NbdErrnoName[]).map((name) => [VALUES[name], name]),
);

// proto.md, error values: EDQUOT and EFBIG SHOULD become ENOSPC. The rest is what a host file system says
// for a cause that has a name on the wire.
const SUBSTITUTES: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(VALUES),
  ['EDQUOT', NBD_ENOSPC],
  ['EFBIG', NBD_ENOSPC],
  ['EACCES', NBD_EPERM],
  ['EROFS', NBD_EPERM],
  ['EOPNOTSUPP', NBD_ENOTSUP],
]);

/** Name of an error value from the wire; "EINVAL" for a value that the specification does not define. */
export function errnoName(value: number): NbdErrnoName {
  return NAMES.get(value) ?? 'EINVAL';
}

/** Error value that a server sends for a host's error name (`'EDQUOT'`); NBD_EINVAL for one without a match. */
export function errnoValue(name: string): number {
  return SUBSTITUTES.get(name) ?? NBD_EINVAL;
}
