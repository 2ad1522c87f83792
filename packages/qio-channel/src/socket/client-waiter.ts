import { throwUncaught } from '@coaio/aio-context';
import { aioCoKick, type Coroutine, type InLine } from '@coaio/coroutine';
import type { QIOChannelSocket } from './qio-channel-socket.js';

/** Once it is not `waiting` it is in no line, and its turn is to come. */
type ClientWaiterState = 'waiting' | 'given' | 'aborted' | 'disconnected';

/** A coroutine that waits for a client. */
export class ClientWaiter implements InLine<ClientWaiter> {
  ahead: ClientWaiter | null = null;
  behind: ClientWaiter | null = null;
  readonly coroutine: Coroutine;
  state: ClientWaiterState = 'waiting';
  channel: QIOChannelSocket | null = null;

  constructor(coroutine: Coroutine) {
    this.coroutine = coroutine;
  }

  /** From the event loop. It runs in its own context. */
  give(channel: QIOChannelSocket): void {
    this.state = 'given';
    this.channel = channel;
    this.coroutine.context?.dispatch(() => aioCoKick(this.coroutine));
  }

  /** From anywhere. */
  end(state: 'aborted' | 'disconnected'): void {
    this.state = state;
    try {
      aioCoKick(this.coroutine);
    } catch (error) {
      throwUncaught(error);
    }
  }
}
