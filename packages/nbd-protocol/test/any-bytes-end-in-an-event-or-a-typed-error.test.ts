import { NbdOptionRefusedError, NbdProtocolError, NbdUsageError } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { AllocationGuard } from './support/fuzz/allocation-guard.js';
import { mutate, randomFrom } from './support/fuzz/mutate.js';
import { playToClient, playToServer } from './support/fuzz/play.js';
import { ownSessions, recordedSessions, type Session } from './support/fuzz/sessions.js';

// Stresses every decoder with real sessions that were tampered with: no error but ours, no loop without end, and
// nothing allocated because a length field says so. Seed and number of a failing input are in the message.

const INPUTS = Number(
  process.env['COAIO_FUZZ_INPUTS'] ?? (process.env['COAIO_SOAK'] === undefined ? 30_000 : 2_000_000),
);
const SEED = Number(process.env['COAIO_FUZZ_SEED'] ?? 1);

/** What a queue grows to: twice what has arrived, or one reply of the longest kind. */
const CLIENT_LIMIT = 160 * 1024;
/** The same, and 1 MiB of replies that wait, in a queue twice as large. */
const SERVER_LIMIT = 4 * 1024 * 1024;

function play(session: Session, bytes: Uint8Array, split: number): string {
  try {
    const outcome =
      session.said === 'server'
        ? playToClient(bytes, session.options, split)
        : playToServer(bytes, session.options, split);
    return outcome.event;
  } catch (error) {
    if (error instanceof NbdProtocolError || error instanceof NbdOptionRefusedError) return error.code;
    // The peer's doing is never the caller's mistake; anything else is a bug.
    throw error instanceof NbdUsageError ? new Error(`usage error: ${error.message}`) : error;
  }
}

test(`${INPUTS} sessions tampered with`, { timeout: 10_000_000 }, () => {
  const sessions = [...recordedSessions(), ...ownSessions()];
  const random = randomFrom(SEED);
  const pick = (): Session => sessions[random(sessions.length)] as Session;
  const outcomes = new Map<string, number>();
  const guard = new AllocationGuard();
  const start = performance.now();
  guard.install();
  try {
    for (let input = 0; input < INPUTS; input++) {
      const session = pick();
      const bytes = mutate(session.bytes, pick().bytes, random);
      const split = session.tls || random(4) === 0 ? 1 + random(3) : 1 + random(bytes.length + 1);
      guard.takeLargest();
      let outcome: string;
      try {
        outcome = play(session, bytes, split);
      } catch (error) {
        throw new Error(`seed ${SEED}, input ${input} of ${session.name}`, { cause: error });
      }
      const largest = guard.takeLargest();
      const limit = session.said === 'server' ? CLIENT_LIMIT : SERVER_LIMIT;
      if (largest > limit)
        throw new Error(`seed ${SEED}, input ${input}: ${largest} bytes allocated at once`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  } finally {
    guard.remove();
  }
  const seconds = (performance.now() - start) / 1000;
  const rate = Math.round(INPUTS / seconds);
  const table = [...outcomes].sort((a, b) => b[1] - a[1]).map(([outcome, count]) => `${outcome} ${count}`);
  process.stdout.write(`${INPUTS} inputs in ${seconds.toFixed(1)} s, ${rate}/s: ${table.join(', ')}\n`);
  // The inputs reach far: all ends of a handshake, and most of the ways to break it.
  for (const outcome of ['ready', 'info', 'list', 'refused', 'aborted', 'starttls']) {
    expect(outcomes.get(outcome), outcome).toBeGreaterThan(0);
  }
  expect(outcomes.size).toBeGreaterThan(15);
});

test('the guard sees an allocation by a claimed length', () => {
  const guard = new AllocationGuard();
  guard.install();
  try {
    expect(new Uint8Array(1000).slice(0, 10)).toHaveLength(10);
    expect(guard.takeLargest()).toBe(1000);
    expect(new DataView(new ArrayBuffer(2000)).byteLength).toBe(2000);
    expect(guard.takeLargest()).toBe(2000);
  } finally {
    guard.remove();
  }
});
