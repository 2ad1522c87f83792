// A server that has the answer to everything at hand: reads give memory that is there, writes go nowhere, all is data.
import { getMainAioContext } from '@coaio/aio-context';
import { Coroutine } from '@coaio/coroutine';
import {
  DATA_CHUNK_SIZE,
  decodeExtendedRequest,
  decodeRequest,
  EXTENDED_DATA_CHUNK_SIZE,
  EXTENDED_EXTENT_SIZE,
  EXTENDED_NONE_CHUNK_SIZE,
  EXTENDED_STATUS_CHUNK_SIZE,
  EXTENT_SIZE,
  encodeBlockStatusChunk,
  encodeDataChunk,
  encodeExtendedBlockStatusChunk,
  encodeExtendedDataChunk,
  encodeExtendedExtent,
  encodeExtendedNoneChunk,
  encodeExtent,
  encodeNoneChunk,
  encodeSimpleReply,
  exportInfoFromFlags,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NBD_FLAG_SEND_FLUSH,
  NEED_MORE,
  NONE_CHUNK_SIZE,
  newExtendedRequestHeader,
  ServerHandshake,
  SIMPLE_REPLY_SIZE,
  STATUS_CHUNK_SIZE,
} from '@coaio/nbd-protocol';
import { QIOChannelPair, ReadWindow, WriteBatch } from '@coaio/qio-channel';

/** @import { Co } from '@coaio/coroutine' */
/** @import { ExtendedRequestHeader } from '@coaio/nbd-protocol' */

/** @typedef {'simple' | 'structured' | 'extended'} ReplyForm */

export const EXPORT_SIZE = 2 ** 30;
/** About what a Unix socket takes. With room for all that is in flight the bytes would leave the processor's cache. */
const CAPACITY = 256 * 1024;
const LARGEST_READ = 2 ** 20;
const DATA = new Uint8Array(LARGEST_READ).fill(7);
const CONTEXT = 'base:allocation';

/**
 * The client's end of a channel to such a server.
 *
 * @param {ReplyForm} form
 * @param {boolean} handshake false: transmission at once
 */
export function openPeer(form, handshake = true) {
  const [ours, its] = QIOChannelPair.open({ capacity: CAPACITY });
  const peer = new AnsweringPeer(its, form);
  Coroutine.create(function* () {
    if (handshake) yield* peer.handshake();
    yield* peer.answer();
  }, 'peer').enter(getMainAioContext());
  return ours;
}

class AnsweringPeer {
  #channel;
  #form;
  #window;
  #batch;
  #trash = new Uint8Array(LARGEST_READ);

  /** @param {QIOChannelPair} channel @param {ReplyForm} form */
  constructor(channel, form) {
    this.#channel = channel;
    this.#form = form;
    this.#window = new ReadWindow(channel);
    this.#batch = new WriteBatch(channel, getMainAioContext(), () => {});
  }

  /** @returns {Co<void>} */
  *handshake() {
    const info = exportInfoFromFlags({ name: '', size: BigInt(EXPORT_SIZE), flags: NBD_FLAG_SEND_FLUSH });
    const handshake = new ServerHandshake({
      directory: { list: () => [info], find: () => info, metaContexts: () => [{ name: CONTEXT }] },
      structuredReplies: this.#form !== 'simple',
      extendedHeaders: this.#form === 'extended',
    });
    for (;;) {
      const event = handshake.nextEvent();
      const outgoing = handshake.takeOutgoing();
      if (outgoing.length > 0) yield* this.#channel.writevAll([outgoing]);
      if (event !== NEED_MORE) return;
      const bytes = new Uint8Array(1);
      if ((yield* this.#channel.readv([bytes])) === 0) return;
      handshake.receive(bytes);
    }
  }

  /** @returns {Co<void>} until the client goes */
  *answer() {
    const header = newExtendedRequestHeader();
    const decode = this.#form === 'extended' ? decodeExtendedRequest : decodeRequest;
    for (;;) {
      const next = decode(this.#window.view, this.#window.at, this.#window.end, header);
      if (next === NEED_MORE) {
        if ((yield* this.#window.fill()) === 0) return;
        continue;
      }
      this.#window.at = next;
      if (header.type === NBD_CMD_WRITE) yield* this.#window.take(this.#trash.subarray(0, header.length));
      if (header.type === NBD_CMD_READ) this.#sendData(header);
      else if (header.type === NBD_CMD_BLOCK_STATUS) this.#sendStatus(header);
      else this.#sendDone(header);
    }
  }

  /** @param {ExtendedRequestHeader} request */
  #sendData(request) {
    const { cookieHigh, cookieLow, offsetHigh, offsetLow, length } = request;
    const batch = this.#batch;
    if (this.#form === 'extended') {
      const at = batch.reserve(EXTENDED_DATA_CHUNK_SIZE);
      encodeExtendedDataChunk(batch.view, at, true, request, offsetHigh, offsetLow, length);
    } else if (this.#form === 'structured') {
      const at = batch.reserve(DATA_CHUNK_SIZE);
      encodeDataChunk(batch.view, at, true, cookieHigh, cookieLow, offsetHigh, offsetLow, length);
    } else {
      this.#sendDone(request);
    }
    batch.append(DATA.subarray(0, length));
  }

  /** One extent, all of it data. @param {ExtendedRequestHeader} request */
  #sendStatus(request) {
    const { cookieHigh, cookieLow, lengthHigh, length } = request;
    const batch = this.#batch;
    if (this.#form === 'extended') {
      const at = batch.reserve(EXTENDED_STATUS_CHUNK_SIZE + EXTENDED_EXTENT_SIZE);
      const extent = encodeExtendedBlockStatusChunk(batch.view, at, true, request, 0, 1);
      encodeExtendedExtent(batch.view, extent, lengthHigh, length, 0, 0);
    } else {
      const at = batch.reserve(STATUS_CHUNK_SIZE + EXTENT_SIZE);
      const extent = encodeBlockStatusChunk(batch.view, at, true, cookieHigh, cookieLow, 0, 1);
      encodeExtent(batch.view, extent, length, 0);
    }
  }

  /** @param {ExtendedRequestHeader} request */
  #sendDone(request) {
    const { cookieHigh, cookieLow } = request;
    const batch = this.#batch;
    if (this.#form === 'extended')
      encodeExtendedNoneChunk(batch.view, batch.reserve(EXTENDED_NONE_CHUNK_SIZE), request);
    else if (this.#form === 'structured')
      encodeNoneChunk(batch.view, batch.reserve(NONE_CHUNK_SIZE), cookieHigh, cookieLow);
    else encodeSimpleReply(batch.view, batch.reserve(SIMPLE_REPLY_SIZE), 0, cookieHigh, cookieLow);
  }
}
