import { once } from 'node:events';
import { expect, test } from 'vitest';
import { websockPair, withPeer } from './support/websock-pair.js';

const one = (): Uint8Array[] => [new Uint8Array(1)];

test.each([[1000], [undefined]])('close code %s: what came before, then the end', async (code) => {
  await withPeer(async (channel, peer) => {
    peer.send(Buffer.from('last'));
    peer.close(code);
    const last = new Uint8Array(4);
    await channel.promises.readvAll([last]);
    expect(Buffer.from(last).toString()).toBe('last');
    expect(await channel.promises.readv(one())).toBe(0);
    await once(peer, 'close');
    await expect(channel.promises.writev(one())).rejects.toMatchObject({
      code: 'QIO_CHANNEL_IO',
      message: expect.stringMatching(/write: (the peer has closed|WebSocket is not open)/),
    });
  });
});

test('another close code is an error with the code and the reason, after what came before', async () => {
  await withPeer(async (channel, peer) => {
    peer.send(Buffer.from('x'));
    peer.close(1011, 'disk on fire');
    expect(await channel.promises.readv(one())).toBe(1);
    const error = {
      code: 'QIO_CHANNEL_IO',
      message: expect.stringContaining('the peer closed with 1011 (disk on fire)'),
    };
    await expect(channel.promises.readv(one())).rejects.toMatchObject(error);
    await expect(channel.promises.readv(one())).rejects.toMatchObject(error);
  });
});

test('a connection that ends without a close frame is an error, not the end', async () => {
  await withPeer(async (channel, peer) => {
    const reading = channel.promises.readv(one());
    peer.terminate();
    await expect(reading).rejects.toMatchObject({
      code: 'QIO_CHANNEL_IO',
      message: expect.stringMatching(/went away without a close frame|ECONNRESET/),
    });
  });
});

test('closing sends all that was written, and code 1000', async () => {
  await withPeer(async (channel, peer) => {
    let received = 0;
    peer.on('message', (data: Buffer) => {
      received += data.length;
    });
    const closed = once(peer, 'close');
    await channel.promises.writevAll([new Uint8Array(3_000_000)]);
    channel.close();
    expect((await closed)[0]).toBe(1000);
    expect(received).toBe(3_000_000);
  });
});

test('to shut reading down keeps nothing that comes, and the peer can still close', async () => {
  const [left, right] = await websockPair();
  const reading = left.promises.readv(one());
  left.shutdown('read');
  expect(await reading).toBe(0);
  await right.promises.writevAll([new Uint8Array(4 << 20)]);
  right.close();
  // Its close frame is behind all that.
  const writing = (async () => {
    for (;;) {
      await left.promises.writevAll([new Uint8Array(1000)]);
      await new Promise(setImmediate);
    }
  })();
  await expect(writing).rejects.toMatchObject({ code: 'QIO_CHANNEL_IO' });
  expect(await left.promises.readv(one())).toBe(0);
  left.close();
});
