import { coWaits } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { keeping, type Reconnecting, reconnectingClient } from './support/reconnecting-client.js';

/** One read that was in flight, and one that came since: both wait. */
async function waitingReads(
  options: Parameters<typeof reconnectingClient>[0],
  request: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<Reconnecting & { reads: Promise<PromiseSettledResult<Buffer>[]> }> {
  const it = await reconnectingClient(options, () => keeping(() => true));
  const inFlight = it.client.read(0, 1, request);
  await settle();
  it.clock.advance(600e6);
  it.serve(false);
  it.connections[0]?.cut();
  await settle();
  const reads = Promise.allSettled([inFlight, it.client.read(0, 2, request)]);
  await settle();
  return { ...it, reads };
}

test('by a signal', async () => {
  const controller = new AbortController();
  const { reads, client } = await waitingReads({}, { signal: controller.signal });
  const reason = new Error('enough');
  controller.abort(reason);
  expect(await reads).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ]);
  await client.close();
});

test('by the time of the request, which begins when it is made and spans connections', async () => {
  const { reads, clock, client } = await waitingReads({ requestTimeoutMs: 1000 });
  clock.advance(399e6);
  await settle();
  const outcomes: unknown[] = [];
  void reads.then(() => outcomes.push('both'));
  clock.advance(1e6);
  await settle();
  expect(outcomes).toEqual([]);
  clock.advance(600e6);
  expect(await reads).toMatchObject([
    { reason: { code: 'NBD_TIMEOUT', length: 1, timeoutMs: 1000 } },
    { reason: { code: 'NBD_TIMEOUT', length: 2, timeoutMs: 1000 } },
  ]);
  await client.close();
  expect(clock.armed).toBe(0);
});

test('a request goes from connection to connection, and its time with it', async () => {
  const it = await reconnectingClient({}, () => keeping(() => true));
  const read = it.client.read(0, 1, { timeoutMs: 1000 });
  let outcome: unknown;
  read.catch((error) => {
    outcome = error;
  });
  for (let connection = 0; connection < 3; connection++) {
    await settle();
    it.clock.advance(300e6);
    it.connections[connection]?.cut();
    await settle();
  }
  it.clock.advance(99e6);
  await settle();
  expect(outcome).toBeUndefined();
  it.clock.advance(1e6);
  await settle();
  expect(outcome).toMatchObject({ code: 'NBD_TIMEOUT' });
  await it.client.close();
});

test('by close, at once', async () => {
  const { reads, client, clock } = await waitingReads({});
  await client.close();
  expect(await reads).toMatchObject([
    { reason: { code: 'NBD_CONNECTION_LOST' } },
    { reason: { code: 'NBD_CLOSED' } },
  ]);
  await expect(client.read(0, 1)).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  await settle();
  expect([clock.armed, coWaits()]).toEqual([0, []]);
});

test('by the signal of the client, with its reason', async () => {
  const controller = new AbortController();
  const { reads, client, clock } = await waitingReads({ signal: controller.signal });
  controller.abort(new Error('enough'));
  expect(await reads).toMatchObject([
    { reason: { code: 'NBD_CONNECTION_LOST' } },
    { reason: { code: 'NBD_CONNECTION_LOST', message: 'read of 2 bytes at 0: enough' } },
  ]);
  await client.close();
  await settle();
  expect([clock.armed, coWaits()]).toEqual([0, []]);
});
