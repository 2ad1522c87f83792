import { NBD_ESHUTDOWN } from '@coaio/nbd-protocol';

/** Why a request gets an error. */
export interface Refusal {
  /** NBD_E* */
  readonly error: number;
  readonly text: string;
  /** The byte of the export at which it happened, within the request. */
  readonly offset?: number | undefined;
}

export const SHUTTING_DOWN: Refusal = { error: NBD_ESHUTDOWN, text: 'the server is shutting down' };
