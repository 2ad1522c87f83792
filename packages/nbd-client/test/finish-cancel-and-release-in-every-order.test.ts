import { expect, test } from 'vitest';
import { ScriptedAttempts, someTurns } from './support/scripted-attempts.js';

type Event = 'establish' | 'finish' | 'fail' | 'cancel' | 'abort' | 'release';

function* ordersOf<T>(events: readonly T[]): Generator<T[]> {
  if (events.length === 0) yield [];
  for (const [index, event] of events.entries()) {
    const others = events.filter((_, other) => other !== index);
    for (const rest of ordersOf(others)) yield [event, ...rest];
  }
}

/** How far the event loop goes between two of them. */
const PAUSES: Record<string, () => Promise<void>> = {
  'at once': async () => {},
  'a microtask later': async () => {
    await null;
  },
  'some microtasks later': async () => {
    for (let microtask = 0; microtask < 6; microtask++) await null;
  },
  'some turns later': () => someTurns(3),
};

async function play(order: readonly Event[], pause: () => Promise<void>) {
  const script = new ScriptedAttempts();
  const controller = new AbortController();
  const waits: Promise<string>[] = [];
  let made = 0;
  const establish = (): void => {
    const options = waits.length === 0 ? { signal: controller.signal } : {};
    waits.push(
      script.establish(options).then(
        (result) => `got ${result}`,
        (error: unknown) => (error as { code?: string }).code ?? (error as Error).message,
      ),
    );
  };
  establish();
  const attempt = await script.started(0);
  for (const event of order) {
    if (event === 'establish') establish();
    if (event === 'cancel') script.connection.cancel();
    if (event === 'release') script.connection.release();
    if (event === 'abort') controller.abort(new Error('aborted'));
    if (event === 'fail') attempt.fail(new Error('refused'));
    if (event === 'finish') {
      attempt.succeed('it');
      made++;
    }
    await pause();
  }
  await someTurns();
  // Else a second wait, for an attempt that nobody ends, would go on.
  if (!order.includes('release')) script.connection.release();
  const ends = await Promise.all(waits);
  await someTurns();
  const adopted = ends.filter((end) => end === 'got it').length;
  return { ends, owners: adopted + script.discarded.length, made, script };
}

test.each(Object.entries(PAUSES))(
  'each %s: every wait ends once, and the result has one owner',
  async (_name, pause) => {
    for (const how of ['finish', 'fail'] as const) {
      for (const order of ordersOf<Event>(['establish', how, 'cancel', 'abort', 'release'])) {
        const { ends, owners, made, script } = await play(order, pause);
        const told = { order, ends };
        expect({ ...told, owners }).toEqual({ ...told, owners: made });
        const allowed = ['got it', 'refused', 'aborted', 'NBD_CANCELLED', 'NBD_CLOSED', 'NBD_BUSY'];
        for (const end of ends) expect(allowed, JSON.stringify(told)).toContain(end);
        await expect(script.establish()).rejects.toMatchObject({ code: 'NBD_CLOSED' });
      }
    }
  },
);
