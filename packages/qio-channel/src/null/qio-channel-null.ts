import { type IOVec, iovSize } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';

/** `/dev/null` as a channel (QEMU's `QIOChannelNull`): reads find the end, writes vanish, nothing waits. */
export class QIOChannelNull extends LocalQIOChannel {
  #state: 'open' | 'closed' = 'open';

  constructor(name = 'null') {
    super(name);
  }

  protected override ioReadv(_iov: IOVec): number {
    this.#assertOpen('read');
    return 0;
  }

  protected override ioWritev(iov: IOVec): number {
    this.#assertOpen('write');
    return iovSize(iov);
  }

  protected override ioReady(): boolean {
    return true;
  }

  protected override ioShutdown(): void {
    throw new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `${this.name}: shutdown: nobody waits in it`);
  }

  protected override ioClose(): void {
    this.#state = 'closed';
  }

  /** As in QEMU a closed one reads as an error, not as the end: the end is what an open one gives. */
  #assertOpen(operation: string): void {
    if (this.#state === 'open') return;
    throw new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.name}: ${operation}: it is closed`);
  }
}
