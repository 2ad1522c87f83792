import { expect, test } from 'vitest';
import { faultySession, type SessionResult } from './support/faulty-session.js';
import type { Form } from './support/model-server.js';

// Each session is a client of its own; what its server sends on the first connection ends after each byte in turn.

const FORMS: Form[] = ['simple', 'structured', 'extended'];
const RECONNECT = { reconnectDelayMs: 60_000, waitForServer: true, openTimeoutMs: 30_000 };
let sessions = 0;

async function eachByte(
  form: Form,
  kind: 'cut' | 'stall',
  options: Parameters<typeof faultySession>[2],
  check: (result: SessionResult, after: number) => void,
): Promise<void> {
  const { sent, failed, wrong } = await faultySession(form, null, options);
  expect({ failed, wrong }).toEqual({ failed: [], wrong: [] });
  for (let after = 0; after <= sent; after++) {
    const result = await faultySession(form, { after, kind }, options);
    expect({ after, wrong: result.wrong, timers: result.armedTimers }).toEqual({
      after,
      wrong: [],
      timers: 0,
    });
    check(result, after);
    sessions++;
  }
}

test.each(FORMS)(
  'cut, %s replies: each request is answered right or fails with a code',
  async (form) => {
    await eachByte(form, 'cut', {}, (result, after) => {
      if (after === 0) expect(result.failed).toEqual(['connect: NBD_UNEXPECTED_EOF']);
    });
  },
  120_000,
);

test.each(FORMS)(
  'stalled, %s replies: the same, within its time',
  async (form) => {
    await eachByte(form, 'stall', {}, () => {});
  },
  120_000,
);

test.each(FORMS)(
  'cut, %s replies, and the server comes back: all reads are right',
  async (form) => {
    await eachByte(form, 'cut', RECONNECT, ({ failed }) => {
      for (const what of failed)
        expect(['write: NBD_CONNECTION_LOST', 'flush: NBD_NOT_FLUSHED', 'close: NBD_NOT_FLUSHED']).toContain(
          what,
        );
    });
  },
  120_000,
);

test.each(FORMS)(
  'cut, %s replies, and writes may be sent again: they are done too',
  async (form) => {
    await eachByte(form, 'cut', { ...RECONNECT, replayWrites: true }, ({ failed }) => {
      for (const what of failed) expect(['flush: NBD_NOT_FLUSHED', 'close: NBD_NOT_FLUSHED']).toContain(what);
    });
  },
  120_000,
);

test.each(FORMS)(
  'stalled, %s replies, which is noticed: all reads are right',
  async (form) => {
    const options = { ...RECONNECT, requestTimeoutMs: 0, livenessMs: 500, openTimeoutMs: 5000 };
    await eachByte(form, 'stall', options, ({ failed }) => {
      if (failed[0]?.startsWith('connect')) return;
      for (const what of failed)
        expect(['write: NBD_CONNECTION_LOST', 'flush: NBD_NOT_FLUSHED', 'close: NBD_NOT_FLUSHED']).toContain(
          what,
        );
    });
  },
  120_000,
);

test('all of them are counted', () => {
  process.stdout.write(`${sessions} sessions\n`);
  expect(sessions).toBeGreaterThan(5000);
});
