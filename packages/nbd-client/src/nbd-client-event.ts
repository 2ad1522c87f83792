import { throwUncaught } from '@coaio/aio-context';
import type { ExportInfo } from '@coaio/nbd-protocol';

/** What happens to a client's connections. `connection` counts from 0. */
export type NbdClientEvent =
  /** It takes no requests any more; those in flight fail, or are sent again elsewhere. */
  | { readonly type: 'connection-lost'; readonly connection: number; readonly error: unknown }
  /** There was an attempt to connect, which failed. With reconnect on, there will be others. */
  | { readonly type: 'connect-failed'; readonly connection: number; readonly error: unknown }
  | { readonly type: 'reconnected'; readonly connection: number }
  /** The server has another size, other flags or block sizes than before. `accepted`: by `onExportChanged`. */
  | {
      readonly type: 'export-changed';
      readonly before: ExportInfo;
      readonly after: ExportInfo;
      readonly accepted: boolean;
    }
  /** Without a connection for `reconnectDelayMs`: requests that waited fail, and later ones do at once until there is one. */
  | { readonly type: 'reconnect-delay-over' };

/** Calls the listener, whose bugs must not become the connection's. */
export function tell(
  listener: { readonly onEvent: ((event: NbdClientEvent) => void) | undefined },
  event: NbdClientEvent,
): void {
  try {
    listener.onEvent?.(event);
  } catch (error) {
    throwUncaught(error);
  }
}
