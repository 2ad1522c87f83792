import { ClientHandshake, NEED_MORE, ServerHandshake } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';
import { DISK, directoryOf } from './support/handshake-pair.js';
import { greeting, text } from './support/wire.js';

test.each([
  ['client', () => new ClientHandshake({ goal: 'go' })],
  ['server', () => new ServerHandshake({ directory: directoryOf(DISK) })],
])('%s', (_, make) => {
  const handshake = make();
  handshake.receive(text('GET / HTTP/1.1\r\n\r\n'));
  const error = thrown(() => handshake.nextEvent());
  expect(error.name).toBe('NbdProtocolError');
  expect(thrown(() => handshake.nextEvent())).toBe(error);
  expect(thrown(() => handshake.receive(greeting()))).toBe(error);
  if (handshake instanceof ClientHandshake) expect(thrown(() => handshake.receiveEof())).toBe(error);
  expect(handshake.finished).toBe(false);
});

test('a directory that throws kills the handshake with its own error', () => {
  const failure = new Error('disk on fire');
  const list = (): never => {
    throw failure;
  };
  const server = new ServerHandshake({ directory: { list, find: () => undefined } });
  server.receive(Uint8Array.of(0, 0, 0, 3, ...text('IHAVEOPT'), 0, 0, 0, 3, 0, 0, 0, 0));
  expect(thrown(() => server.nextEvent())).toBe(failure);
  expect(thrown(() => server.nextEvent())).toBe(failure);
});

test('a finished handshake has no more events', () => {
  const server = new ServerHandshake({ directory: directoryOf(DISK) });
  server.receive(Uint8Array.of(0, 0, 0, 3, ...text('IHAVEOPT'), 0, 0, 0, 2, 0, 0, 0, 0));
  expect(server.nextEvent()).toEqual({ type: 'aborted' });
  expect(server.nextEvent()).toBe(NEED_MORE);
});
