import type { ExportInfo } from '@coaio/nbd-protocol';
import { ConnectionLostError } from '../nbd-client-error.js';

/** Whether a connection shows the same export as the others: of that size, with those flags and block sizes. */
export function isSameExport(a: ExportInfo, b: ExportInfo): boolean {
  return (
    a.size === b.size &&
    a.flags === b.flags &&
    a.blockSize.minimum === b.blockSize.minimum &&
    a.blockSize.maximum === b.blockSize.maximum
  );
}

export function exportChanged(before: ExportInfo, after: ExportInfo): ConnectionLostError {
  const facts = ({ size, flags, blockSize }: ExportInfo): string =>
    `${size} bytes, flags 0x${flags.toString(16)}, blocks of ${blockSize.minimum} to ${blockSize.maximum}`;
  const detail = `export "${before.name}" had ${facts(before)}, and now has ${facts(after)}`;
  return new ConnectionLostError('reconnect', detail, 'NBD_EXPORT_CHANGED');
}
