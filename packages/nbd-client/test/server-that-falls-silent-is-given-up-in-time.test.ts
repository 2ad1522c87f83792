import { getEventListeners } from 'node:events';
import { VirtualClock } from '@coaio/aio-context';
import { NbdClient, type NbdClientOptions, NbdNegotiation } from '@coaio/nbd-client';
import { describe, expect, test } from 'vitest';
import { clientCredentials, negotiateAsServer } from './support/negotiating-server.js';
import { quiet, silentRelay } from './support/silent-relay.js';

const LIMIT_MS = 3000;
const reason = new Error('enough');
type Run = (options: NbdClientOptions) => Promise<unknown>;

/** After `count` bytes: how it ends, whether the client has left, and what is left on its signal. 'done': it needed no more. */
async function silentAfter(count: number, run: Run, options: NbdClientOptions, stop: 'limit' | 'signal') {
  const clock = new VirtualClock();
  const relay = silentRelay(count);
  const { signal, abort } = controllable();
  const serving = negotiateAsServer(relay.server, {
    tls: options.tls === undefined ? 'disable' : 'require',
    extendedHeaders: true,
    metaContexts: ['base:allocation'],
  }).catch(() => {});
  const running = run({ ...options, channel: relay.client, clock, signal, openTimeoutMs: LIMIT_MS });
  const outcome = running.then(
    () => 'done',
    (error: unknown) => error,
  );
  await Promise.race([relay.silent, outcome]);
  await quiet();
  if (stop === 'limit') clock.advance(LIMIT_MS * 1e6);
  else abort();
  const ended = await outcome;
  if (ended === 'done') return 'done';
  await relay.ended;
  await serving;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  return ended;
}

function controllable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(reason) };
}

const go: Run = (options) => NbdClient.connect(options);
const runs: [string, Run][] = [
  ['connect', go],
  ['list', (options) => NbdClient.list(options, { describe: true })],
  ['info', (options) => NbdClient.info(options)],
];

async function everywhere(run: Run, options: NbdClientOptions, step: number, stop: 'limit' | 'signal') {
  for (let count = 0; ; count += step) {
    const ended = await silentAfter(count, run, options, stop);
    if (ended === 'done') return count;
    if (stop === 'signal') expect(ended, `after ${count} bytes`).toBe(reason);
    else expect(ended, `after ${count} bytes`).toMatchObject({ code: 'NBD_TIMEOUT', fault: 'connection' });
  }
}

describe.each(['limit', 'signal'] as const)('by the %s', (stop) => {
  test.each(runs)('%s, after each byte', async (_name, run) => {
    expect(await everywhere(run, {}, 1, stop)).toBeGreaterThan(100);
  });

  test('inside TLS, at any stage', async () => {
    const tls = { credentials: clientCredentials, hostname: 'server.test' };
    // 41: no multiple of what its records are long.
    expect(await everywhere(go, { tls }, 41, stop)).toBeGreaterThan(900);
  });
});

test('each option of a negotiation by hand has a limit of its own', async () => {
  const clock = new VirtualClock();
  const relay = silentRelay(18);
  const serving = negotiateAsServer(relay.server).catch(() => {});
  const by = await NbdNegotiation.open({ channel: relay.client, clock, openTimeoutMs: LIMIT_MS });
  clock.advance(LIMIT_MS * 10e6);
  const asked = by.structuredReply();
  clock.advance(LIMIT_MS * 1e6);
  await expect(asked).rejects.toMatchObject({
    code: 'NBD_TIMEOUT',
    message: 'NBD_OPT_STRUCTURED_REPLY: not done after 3000 ms (openTimeoutMs)',
  });
  await relay.ended;
  await serving;
});
