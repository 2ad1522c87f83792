import { errnoOf } from '../qio-channel-error.js';

/** Why none of a host's several addresses could be connected to: Node's own error for that has an empty message. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
  readonly code: string | undefined;

  /** `error` itself where it says why. */
  static of(error: Error): Error {
    return error instanceof AggregateError ? new ConnectFailure(error) : error;
  }

  private constructor(error: AggregateError) {
    const reasons = error.errors.map((reason) => (reason instanceof Error ? reason.message : String(reason)));
    super(reasons.join(', '), { cause: error });
    this.code = errnoOf(error);
  }
}
