import type { ByteQueue } from '../../bytes/byte-queue.js';
import { messageBytes, withoutControls } from '../../bytes/safe-text.js';
import type { ExportInfo, ExportListing } from '../export-info.js';
import type { MetaContext } from '../meta-context.js';
import { encodeOptionReply } from '../option-frame.js';
import type { NbdTlsPolicy } from '../tls-policy.js';
import type { ServerState } from '../transitions.js';

/**
 * What a server has to offer. Asked while haggling, so it answers at once. A name or description over 4096 bytes
 * or with a NUL cannot be sent: NbdUsageError out of `nextEvent()`.
 */
export interface ExportDirectory {
  /** Entries for NBD_OPT_LIST. */
  list(): readonly ExportListing[];
  /** The export of that name ('' = the default export), or undefined. */
  find(name: string): ExportInfo | undefined;
  /** Metadata contexts of an export that `find` knows; absent: none of any. */
  metaContexts?(name: string): readonly MetaContextOffer[];
  /** Whether an export is for clients inside TLS only, where the policy is `allow`. */
  requiresTls?(name: string): boolean;
}

export interface MetaContextOffer {
  readonly name: string;
  /** Its status needs 64 bits, so only clients with extended headers can select it. Never in `base:`. */
  readonly wide?: boolean;
}

export type ServerHandshakeEvent =
  /** Transmission starts with the next byte, once the outgoing bytes are sent. */
  | {
      readonly type: 'ready';
      /**
       * The very object that the directory found. NBD_FLAG_SEND_DF holds only with `structuredReplies`,
       * NBD_FLAG_BLOCK_STATUS_PAYLOAD only with `extendedHeaders`.
       */
      readonly export: ExportInfo;
      /** The name that the client used. */
      readonly exportName: string;
      /** Replies go in chunks: structured ones, or extended ones with `extendedHeaders`. */
      readonly structuredReplies: boolean;
      readonly extendedHeaders: boolean;
      /** Contexts that NBD_CMD_BLOCK_STATUS reports on; `id` is the index in what the directory offered. */
      readonly metaContexts: readonly MetaContext[];
      /** The connection is inside TLS. */
      readonly tls: boolean;
    }
  /** Send what is outgoing, start TLS on the connection, then call `tlsStarted()`. */
  | { readonly type: 'starttls' }
  /** The client leaves. Send what is outgoing, then close. */
  | { readonly type: 'aborted' };

/** What the server is willing to do. */
export interface ServerOffers {
  readonly directory: ExportDirectory;
  readonly structuredReplies: boolean;
  readonly extendedHeaders: boolean;
  readonly metaContexts: boolean;
  readonly tls: NbdTlsPolicy;
  readonly list: boolean;
  readonly requireBlockSize: boolean;
}

/** What the server offers and what the client has asked for so far. */
export interface ServerSession {
  readonly offers: ServerOffers;
  readonly outgoing: ByteQueue;
  fixedNewstyle: boolean;
  noZeroes: boolean;
  tls: boolean;
  structuredReplies: boolean;
  extendedHeaders: boolean;
  selected: { readonly exportName: string; readonly contexts: readonly MetaContext[] };
}

export const NOTHING_SELECTED: ServerSession['selected'] = Object.freeze({
  exportName: '',
  contexts: Object.freeze([]),
});

export interface ServerStep {
  readonly next: ServerState;
  readonly event?: ServerHandshakeEvent;
}

/** An option that the server knows. One file each. */
export interface ServerOption {
  readonly option: number;
  /** Queues the replies. `data` is as long as the option's header said, at most 64 KiB. */
  answer(session: ServerSession, data: Uint8Array): ServerStep;
}

export function reply(session: ServerSession, option: number, type: number, data?: Uint8Array): void {
  session.outgoing.append(encodeOptionReply(option, type, data));
}

/** Queues an error reply; haggling goes on. */
export function refuse(session: ServerSession, option: number, type: number, text: string): ServerStep {
  reply(session, option, type, messageBytes(text));
  return { next: 'option' };
}

/** The client enters transmission. */
export function readyStep(session: ServerSession, found: ExportInfo, exportName: string): ServerStep {
  const { structuredReplies, extendedHeaders, tls, selected } = session;
  // proto.md: contexts hold for the export that they were selected for, and for no other.
  const metaContexts = selected.exportName === exportName ? selected.contexts : [];
  return {
    next: 'ready',
    event: {
      type: 'ready',
      export: found,
      exportName,
      structuredReplies,
      extendedHeaders,
      metaContexts,
      tls,
    },
  };
}

/** Whether the export waits behind TLS that this client has not started. */
export function hiddenByTls({ offers, tls }: ServerSession, name: string): boolean {
  return offers.tls === 'allow' && !tls && offers.directory.requiresTls?.(name) === true;
}

export function unknownExport(name: string): string {
  return `there is no export "${withoutControls(name)}"`;
}
