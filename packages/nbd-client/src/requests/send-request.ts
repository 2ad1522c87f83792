import {
  EXTENDED_REQUEST_SIZE,
  type ExtendedRequestHeader,
  encodeExtendedRequest,
  encodeRequest,
  NBD_CMD_DISC,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  newExtendedRequestHeader,
  REQUEST_SIZE,
} from '@coaio/nbd-protocol';
import type { WriteBatch } from '@coaio/qio-channel';

/** Where the length is in an extended request, upper and lower half. */
const LENGTH_AT = 24;

/** Puts a request and its payload into the batch. @returns the payload's mark, see `WriteBatch.append`. */
export function sendRequest(
  batch: WriteBatch,
  header: ExtendedRequestHeader,
  payload: Uint8Array | null,
  extended: boolean,
): number {
  if (!extended) {
    const at = batch.reserve(REQUEST_SIZE);
    encodeRequest(batch.view, at, header);
  } else {
    const at = batch.reserve(EXTENDED_REQUEST_SIZE);
    if (payload !== null) header.flags |= NBD_CMD_FLAG_PAYLOAD_LEN;
    encodeExtendedRequest(batch.view, at, header);
    if (payload !== null) {
      // What the request is about is then in the payload, if that is not the payload itself.
      batch.view.setUint32(at + LENGTH_AT, 0);
      batch.view.setUint32(at + LENGTH_AT + 4, payload.length);
    }
  }
  return payload === null ? 0 : batch.append(payload);
}

export function sendDisconnect(batch: WriteBatch, extended: boolean): void {
  const header = newExtendedRequestHeader();
  header.type = NBD_CMD_DISC;
  sendRequest(batch, header, null, extended);
}
