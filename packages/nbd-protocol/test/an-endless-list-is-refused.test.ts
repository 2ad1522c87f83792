import { ClientHandshake, NBD_OPT_LIST, NBD_REP_ACK, NBD_REP_SERVER, NEED_MORE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';
import { greeting, optionReply, serverEntry } from './support/wire.js';

function listOf(count: number): ClientHandshake {
  const client = new ClientHandshake({ goal: 'list' });
  client.receive(greeting());
  const entry = optionReply(NBD_OPT_LIST, NBD_REP_SERVER, serverEntry('x'));
  for (let i = 0; i < count; i++) client.receive(entry);
  return client;
}

test('10000 exports are a list', () => {
  const client = listOf(10_000);
  expect(client.nextEvent()).toBe(NEED_MORE);
  client.receive(optionReply(NBD_OPT_LIST, NBD_REP_ACK));
  const event = client.nextEvent();
  expect(event !== NEED_MORE && event.type === 'list' && event.exports.length).toBe(10_000);
});

test('10001 are not', () => {
  const client = listOf(10_001);
  expect(thrown(() => client.nextEvent())).toMatchObject({
    code: 'NBD_TOO_MANY_EXPORTS',
    message: 'NBD_OPT_LIST: more than 10000 exports',
  });
});
