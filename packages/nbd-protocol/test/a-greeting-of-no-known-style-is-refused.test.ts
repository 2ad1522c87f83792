import { ClientHandshake, NbdProtocolError } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { concat, greeting, NBDMAGIC, option, text, u32, u64 } from './support/wire.js';

const make = (): ClientHandshake => new ClientHandshake({ goal: 'list' });

test.each([
  [
    'another protocol',
    text('SSH-2.0-OpenSSH'),
    'NBD_BAD_MAGIC',
    'greeting: magic 0x5353482d322e302d is not NBDMAGIC 0x4e42444d41474943',
  ],
  [
    'a style of the future',
    concat(NBDMAGIC, u64(1n)),
    'NBD_BAD_GREETING',
    'greeting: second magic 0x0000000000000001 is not IHAVEOPT 0x49484156454f5054',
  ],
])('%s', (_, bytes, code, message) => {
  const { error } = playThreeWays(bytes, make);
  expect(error).toBeInstanceOf(NbdProtocolError);
  expect(error).toMatchObject({ code, message, fault: 'peer', operation: 'greeting' });
});

test('unknown handshake flags are ignored and not answered', () => {
  const played = playThreeWays(greeting(0xffff), make);
  expect(played.error).toBeUndefined();
  expect(played.outgoing).toEqual(concat(u32(3), option(3)));
});
