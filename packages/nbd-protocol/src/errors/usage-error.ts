import { NbdError, type NbdErrorCode } from './nbd-error.js';

/** The caller asked for something that cannot be: nothing was sent, nothing was changed. */
export class NbdUsageError extends NbdError {
  override readonly name = 'NbdUsageError';

  constructor(code: NbdErrorCode, operation: string, detail: string) {
    super(code, 'caller', `${operation}: ${detail}`, { operation });
  }
}
