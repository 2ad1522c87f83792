import {
  ClientHandshake,
  NBD_OPT_GO,
  NBD_OPT_LIST,
  NBD_REP_ACK,
  NBD_REP_ERR_UNSUP,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';
import { concat, greeting, optionReply } from './support/wire.js';

function after(bytes: Uint8Array, goal: 'go' | 'list' = 'list'): ClientHandshake {
  const client = new ClientHandshake({ goal, exportName: 'disk', structuredReplies: false });
  client.receive(bytes);
  while (client.nextEvent() !== NEED_MORE);
  return client;
}

test('in place of the acknowledgement of NBD_OPT_ABORT it is tolerated', () => {
  const client = after(concat(greeting(), optionReply(NBD_OPT_LIST, NBD_REP_ACK)));
  expect(client.finished).toBe(false);
  client.receiveEof();
  expect(client.finished).toBe(true);
  client.receiveEof();
});

test.each([
  ['before the greeting', new Uint8Array(0), 'greeting, after 0 unread bytes'],
  ['inside the greeting', greeting().subarray(0, 11), 'greeting, after 11 unread bytes'],
  ['before a reply', greeting(), 'list, after 0 unread bytes'],
])('%s it is an error', (_, bytes, where) => {
  const client = after(bytes);
  const error = thrown(() => client.receiveEof());
  expect(error).toMatchObject({
    code: 'NBD_UNEXPECTED_EOF',
    message: `handshake: the server closed the connection in state ${where}`,
  });
  expect(thrown(() => client.nextEvent())).toBe(error);
});

const FALLBACK = concat(greeting(), optionReply(NBD_OPT_GO, NBD_REP_ERR_UNSUP));

test('in answer to NBD_OPT_EXPORT_NAME it is a refusal', () => {
  expect(thrown(() => after(FALLBACK, 'go').receiveEof())).toMatchObject({
    code: 'NBD_OPTION_REFUSED',
    option: 1,
    reply: 0,
    message:
      'NBD_OPT_EXPORT_NAME "disk": the server closed the connection, so the export is unknown or not allowed',
  });
});

test('inside the answer to NBD_OPT_EXPORT_NAME it is an error', () => {
  const client = after(concat(FALLBACK, new Uint8Array(3)), 'go');
  expect(thrown(() => client.receiveEof())).toMatchObject({ code: 'NBD_UNEXPECTED_EOF' });
});
