import { once } from 'node:events';
import { expect, test } from 'vitest';
import { withPeer } from './support/websock-pair.js';

const one = (): Uint8Array[] => [new Uint8Array(1)];

test('a text message is an error, and the peer is told 1003', async () => {
  await withPeer(async (channel, peer) => {
    const closed = once(peer, 'close');
    peer.send(Buffer.from('b'));
    peer.send('text');
    expect(await channel.promises.readv(one())).toBe(1);
    const error = {
      code: 'QIO_CHANNEL_PROTOCOL',
      message: expect.stringContaining('the peer sent a text message of 4 bytes, only binary ones are taken'),
    };
    await expect(channel.promises.readv(one())).rejects.toMatchObject(error);
    await expect(channel.promises.writev(one())).rejects.toMatchObject(error);
    expect(await closed).toEqual([1003, Buffer.from('binary messages only')]);
  });
});

test('a message over the limit is an error, and the peer is told 1009; one at the limit is taken', async () => {
  await withPeer(
    async (channel, peer) => {
      const closed = once(peer, 'close');
      peer.send(new Uint8Array(1000));
      await channel.promises.readvAll([new Uint8Array(1000)]);
      peer.send(new Uint8Array(1001));
      await expect(channel.promises.readv(one())).rejects.toMatchObject({
        code: 'QIO_CHANNEL_PROTOCOL',
        errno: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
      });
      expect((await closed)[0]).toBe(1009);
    },
    { maxPayload: 1000 },
  );
});

test('empty messages are no end', async () => {
  await withPeer(async (channel, peer) => {
    peer.send(new Uint8Array(0));
    peer.send(Buffer.from('x'));
    expect(await channel.promises.readv(one())).toBe(1);
  });
});
