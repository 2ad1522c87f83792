import {
  ClientHandshake,
  NBD_OPT_GO,
  NBD_OPT_STARTTLS,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NEED_MORE,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';
import { DISK, directoryOf } from './support/handshake-pair.js';
import { concat, goData, greeting, option, optionReply, u32 } from './support/wire.js';

const refusedAs = {
  code: 'NBD_TLS_INJECTION',
  operation: 'NBD_OPT_STARTTLS',
  message: expect.stringContaining('bytes of plain text'),
};

test('by the client, as an answer to what it has not asked yet', () => {
  const client = new ClientHandshake({ goal: 'go', tls: 'require' });
  client.receive(
    concat(
      greeting(),
      optionReply(NBD_OPT_STARTTLS, NBD_REP_ACK),
      optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ACK),
    ),
  );
  expect(thrown(() => client.nextEvent())).toMatchObject(refusedAs);
  expect(thrown(() => client.tlsStarted())).toMatchObject(refusedAs);
});

test.each([1, 16, 30])('by the server, %i bytes of an option', (count) => {
  const server = new ServerHandshake({ directory: directoryOf(DISK), tls: 'allow' });
  const injected = option(NBD_OPT_GO, goData('disk')).subarray(0, count);
  server.receive(concat(u32(3), option(NBD_OPT_STARTTLS), injected));
  expect(thrown(() => server.nextEvent())).toMatchObject(refusedAs);
});

test('bytes between the event and tlsStarted() belong to TLS: neither side takes them', () => {
  const client = new ClientHandshake({ goal: 'go', tls: 'require' });
  client.receive(concat(greeting(), optionReply(NBD_OPT_STARTTLS, NBD_REP_ACK)));
  const server = new ServerHandshake({ directory: directoryOf(DISK), tls: 'allow' });
  server.receive(concat(u32(3), option(NBD_OPT_STARTTLS)));
  for (const side of [client, server]) {
    expect(side.nextEvent()).toEqual({ type: 'starttls' });
    expect(side.nextEvent()).toBe(NEED_MORE);
    expect(thrown(() => side.receive(u32(0)))).toMatchObject({ code: 'NBD_BAD_ARGUMENT', fault: 'caller' });
    side.tlsStarted();
    expect(thrown(() => side.tlsStarted())).toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
    side.receive(new Uint8Array(0));
    expect(side.nextEvent()).toBe(NEED_MORE);
  }
});
