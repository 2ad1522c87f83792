import type { NbdClient } from '@coaio/nbd-client';
import { NBD_CMD_READ, NBD_FLAG_SEND_FLUSH, NBD_FLAG_SEND_TRIM } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { CountingClock, settle } from './support/drive.js';
import { bytes, connectToScript, type ReceivedRequest } from './support/scripted-server.js';

const facts = {
  flags: NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_TRIM,
  blockSize: { minimum: 512, preferred: 512, maximum: 1 << 20 },
};

/** A client that is modifying a block: the server keeps the read of it. */
async function modifying() {
  const clock = new CountingClock();
  const received: ReceivedRequest[] = [];
  const { client } = await connectToScript(
    function* (server) {
      for (;;) received.push(yield* server.request());
    },
    { facts, client: { readModifyWrite: true, clock } },
  );
  client.write(10, bytes(10)).catch(() => {});
  await settle();
  return { client, clock, received };
}

type Limited = (client: NbdClient, limits: { signal?: AbortSignal; timeoutMs?: number }) => Promise<void>;

const COMMANDS: [string, Limited][] = [
  ['write of a part of the block', (client, limits) => client.write(20, bytes(10), limits)],
  ['write of another block', (client, limits) => client.write(1024, bytes(512), limits)],
  ['trim', (client, limits) => client.trim(512, 512, limits)],
];

test.each(COMMANDS)('%s, with a limit in time', async (_name, command) => {
  const { client, clock, received } = await modifying();
  let error: unknown;
  command(client, { timeoutMs: 100 }).catch((thrown) => {
    error = thrown;
  });
  await settle();
  clock.advance(99e6);
  await settle();
  expect(error).toBeUndefined();
  clock.advance(1e6);
  await settle();
  expect(error).toMatchObject({
    code: 'NBD_TIMEOUT',
    message: expect.stringMatching(/: not sent, a block is being modified after 100 ms$/),
  });
  expect(received.map(({ type }) => type)).toEqual([NBD_CMD_READ]);
  expect(clock.armed).toBe(0);
});

test.each(COMMANDS)('%s, with a signal', async (_name, command) => {
  const { client, received } = await modifying();
  for (const reason of ['enough', null]) {
    const stop = new AbortController();
    let error: unknown;
    command(client, { signal: stop.signal }).catch((thrown) => {
      error = thrown;
    });
    await settle();
    stop.abort(reason);
    await settle();
    expect(error).toBe(reason);
  }
  expect(received).toHaveLength(1);
});
