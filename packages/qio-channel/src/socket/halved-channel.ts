import type { IOVec } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import type { IOCondition, QIOChannelFeature, ShutdownHow } from '../qio-channel.js';
import { type HalvesOptions, SocketHalves } from './socket-halves.js';

/** A channel whose two directions Node's sockets move: a socket's, those of stdin and stdout, of a command. */
export abstract class HalvedChannel extends LocalQIOChannel {
  /** @internal */
  protected readonly halves: SocketHalves;

  /** @internal */
  protected constructor(name: string, options: Omit<HalvesOptions, 'name' | 'reader' | 'writer'>) {
    super(name);
    this.halves = new SocketHalves({ ...options, name, reader: this.reader, writer: this.writer });
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown';
  }

  override setCork(enabled: boolean): void {
    this.halves.setCork(enabled);
  }

  protected override ioReadv(iov: IOVec): number {
    return this.halves.readv(iov);
  }

  protected override ioWritev(iov: IOVec): number {
    return this.halves.writev(iov);
  }

  protected override ioReady(condition: IOCondition): boolean {
    return this.halves.ready(condition);
  }

  protected override ioWatch(condition: IOCondition, iov: IOVec | null, abortable: boolean): void {
    this.halves.watch(condition, iov, abortable);
  }

  protected override ioUnwatch(condition: IOCondition): void {
    this.halves.unwatch(condition);
  }

  protected override ioAbandon(condition: IOCondition): number {
    return this.halves.abandon(condition);
  }

  protected override ioError(condition: IOCondition): Error | null {
    return this.halves.error(condition);
  }

  protected override ioShutdown(how: ShutdownHow): void {
    this.halves.shutdown(how);
  }

  protected override ioClose(): void {
    this.halves.close();
  }
}
