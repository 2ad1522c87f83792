import { ConnectionLostError } from '../nbd-client-error.js';
import type { Negotiated } from '../negotiation/negotiate.js';

/** Whether a connection shows the same export as the others: of that size, with those flags and block sizes, in the same forms. */
export function isSameExport(a: Negotiated, b: Negotiated): boolean {
  return (
    a.export.size === b.export.size &&
    a.export.flags === b.export.flags &&
    a.export.blockSize.minimum === b.export.blockSize.minimum &&
    a.export.blockSize.maximum === b.export.blockSize.maximum &&
    a.structuredReplies === b.structuredReplies &&
    a.extendedHeaders === b.extendedHeaders
  );
}

export function exportChanged(before: Negotiated, after: Negotiated): ConnectionLostError {
  const detail = `export "${before.export.name}" had ${facts(before)}; now it has ${facts(after)}`;
  return new ConnectionLostError('reconnect', detail, 'NBD_EXPORT_CHANGED');
}

function facts({ export: info, structuredReplies, extendedHeaders }: Negotiated): string {
  const { size, flags, blockSize } = info;
  const form = extendedHeaders
    ? 'extended headers'
    : structuredReplies
      ? 'structured replies'
      : 'simple replies';
  return `${size} bytes, flags 0x${flags.toString(16)}, blocks of ${blockSize.minimum} to ${blockSize.maximum} bytes, ${form}`;
}
