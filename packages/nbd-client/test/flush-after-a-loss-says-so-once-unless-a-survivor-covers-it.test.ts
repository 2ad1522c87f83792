import { NBD_CMD_FLUSH, NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { drive, settle } from './support/drive.js';
import { MULTI_CONN, type Reconnecting, reconnectingClient } from './support/reconnecting-client.js';

const NOT_FLUSHED = { code: 'NBD_NOT_FLUSHED', fault: 'connection', operation: 'flush' };
const BYTES = new Uint8Array(10).fill(9);

/** Two connections, and what each was asked. */
async function two(options: Parameters<typeof reconnectingClient>[0] = {}) {
  const asked: number[][] = [];
  const it = await reconnectingClient({ connections: 2, ...options }, () => {
    const mine: number[] = [];
    asked.push(mine);
    return {
      facts: { flags: MULTI_CONN },
      *before({ type }) {
        mine.push(type);
        return true;
      },
    };
  });
  return { ...it, asked };
}

async function lose(it: Reconnecting, index: number): Promise<void> {
  it.connections[index]?.cut();
  await settle();
}

test('written, lost, reconnected: the flush fails, and the next one does not', async () => {
  const it = await reconnectingClient();
  await it.client.write(0, BYTES);
  await lose(it, 0);
  await expect(it.client.flush()).rejects.toMatchObject(NOT_FLUSHED);
  await it.client.flush();
  await it.client.close();
});

test('nothing unflushed was lost: no flush fails', async () => {
  const it = await reconnectingClient();
  await it.client.write(0, BYTES);
  await it.client.flush();
  await it.client.write(0, BYTES, { fua: true });
  await lose(it, 0);
  await it.client.flush();
  await it.client.close();
});

test('each of the flushes that were under way fails: one alone would be taken for its writes being safe', async () => {
  const it = await reconnectingClient({}, () => ({
    *before({ type }) {
      return type !== NBD_CMD_FLUSH;
    },
  }));
  await it.client.write(0, BYTES);
  const flushes = Promise.allSettled([it.client.flush(), it.client.flush()]);
  await settle();
  await lose(it, 0);
  expect(await flushes).toMatchObject([{ reason: NOT_FLUSHED }, { reason: NOT_FLUSHED }]);
});

test('a flush that has not failed yet has told nobody: one that begins meanwhile fails too', async () => {
  const it = await reconnectingClient({ connections: 2 }, (index) => ({
    facts: { flags: MULTI_CONN },
    *before({ type }) {
      return type === NBD_CMD_WRITE || index > 2;
    },
  }));
  const { client } = it;
  await client.write(0, BYTES);
  await lose(it, 1);
  // The first connection is busy with this one, and says nothing since the third was made.
  const reading = client.read(0, 1);
  await client.write(10, BYTES);
  const first = client.flush();
  let firstHasFailed = false;
  first.catch(() => {
    firstHasFailed = true;
  });
  await settle();
  await lose(it, 0);
  expect(firstHasFailed).toBe(false);
  await expect(client.flush()).rejects.toMatchObject(NOT_FLUSHED);
  await lose(it, 2);
  await expect(first).rejects.toMatchObject(NOT_FLUSHED);
  await drive(it.clock, reading);
});

test('close is told, if no flush was', async () => {
  const it = await reconnectingClient();
  await it.client.write(0, BYTES);
  await lose(it, 0);
  await expect(it.client.close()).rejects.toMatchObject({ code: 'NBD_NOT_FLUSHED', operation: 'close' });
});

test('another connection that lived on covers it, if the flush goes there', async () => {
  const it = await two();
  await it.client.write(0, BYTES);
  await lose(it, 0);
  await it.client.flush();
  expect(it.asked[0]).toEqual([NBD_CMD_WRITE]);
  expect(it.asked[1]).toContain(NBD_CMD_FLUSH);
  await it.client.flush();
});

test('a survivor that is lost too covers nothing', async () => {
  const it = await two();
  await it.client.write(0, BYTES);
  await lose(it, 0);
  await lose(it, 1);
  await expect(it.client.flush()).rejects.toMatchObject(NOT_FLUSHED);
  await it.client.flush();
});

test('a connection made since the last word of the lost one may lead to a server that knows nothing of it', async () => {
  const it = await two();
  // The second goes and comes; then the first, of which nothing was heard since.
  await it.client.write(0, BYTES);
  await lose(it, 1);
  expect(it.connections).toHaveLength(3);
  await lose(it, 0);
  await expect(it.client.flush()).rejects.toMatchObject(NOT_FLUSHED);
});

test('one made before it covers it, through others that are gone by now', async () => {
  const it = await two();
  await it.client.write(0, BYTES);
  await lose(it, 0);
  // The second connection vouches for the first one's writes, and speaks while the third is there, which then vouches for it.
  await it.client.read(0, 1);
  await Promise.all([it.client.read(0, 1), it.client.read(0, 1)]);
  await lose(it, 1);
  await it.client.flush();
});

test('close flushes on a survivor what a lost connection left', async () => {
  const it = await two();
  await it.client.write(0, BYTES);
  await lose(it, 0);
  await it.client.close();
  expect(it.asked[1]).toContain(NBD_CMD_FLUSH);
});

test('a flush goes to each connection that was written on, and close too', async () => {
  const it = await two();
  await Promise.all([it.client.write(0, BYTES), it.client.write(10, BYTES)]);
  await it.client.flush();
  await Promise.all([it.client.write(0, BYTES), it.client.write(10, BYTES)]);
  await it.client.close();
  const written = [NBD_CMD_WRITE, NBD_CMD_FLUSH];
  expect(it.asked).toEqual([
    [...written, ...written],
    [...written, ...written],
  ]);
});

test('a flush that was in flight on a lost connection is done on a survivor', async () => {
  let isHeld = true;
  const it = await reconnectingClient({ connections: 2 }, (index) => ({
    facts: { flags: MULTI_CONN },
    *before({ type }) {
      return !(type === NBD_CMD_FLUSH && index === 0 && isHeld);
    },
  }));
  await it.client.write(0, BYTES);
  const flushing = it.client.flush();
  await settle();
  isHeld = false;
  await lose(it, 0);
  await drive(it.clock, flushing);
});
