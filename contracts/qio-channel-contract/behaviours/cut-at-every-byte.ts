import { type Co, coRun } from '@coaio/coroutine';
import type { QIOChannel } from '@coaio/qio-channel';
import { expect } from 'vitest';
import { expectBytes, pattern } from '../bytes.js';
import { type Cut, NO_FAULTS } from '../faults/faults.js';
import { FaultyChannel } from '../faults/faulty-channel.js';
import type { Suite } from '../suite.js';

/** A conversation: 8 requests of 8 bytes, each answered with the same. */
const MESSAGE = 8;
const MESSAGES = 8;
const TOTAL = MESSAGE * MESSAGES;

type Settled = { readonly bytes: number; readonly error: { readonly code?: unknown } | null };

function* ask(channel: QIOChannel, answers: Uint8Array[]): Co<void> {
  for (let at = 0; at < TOTAL; at += MESSAGE) {
    yield* channel.writevAll([pattern(MESSAGE, at)]);
    const answer = new Uint8Array(MESSAGE);
    yield* channel.readvAll([answer]);
    answers.push(answer);
  }
  channel.close();
}

function* answer(channel: QIOChannel, requests: Uint8Array[]): Co<void> {
  for (;;) {
    const request = new Uint8Array(MESSAGE);
    if (!(yield* channel.readvAllEof([request]))) return;
    requests.push(request);
    yield* channel.writevAll([request]);
  }
}

async function settle(channel: QIOChannel, entry: (seen: Uint8Array[]) => Co<void>): Promise<Settled> {
  const seen: Uint8Array[] = [];
  const error = await coRun(() => entry(seen)).then(
    () => null,
    (thrown: { code?: unknown }) => thrown,
  );
  // Who has met an error hangs up, as anybody would.
  channel.close();
  const bytes = Buffer.concat(seen);
  expectBytes(bytes, pattern(bytes.length));
  return { bytes: bytes.length, error };
}

async function converse(asker: QIOChannel, answerer: QIOChannel): Promise<readonly [Settled, Settled]> {
  return await Promise.all([
    settle(asker, (answers) => ask(asker, answers)),
    settle(answerer, (requests) => answer(answerer, requests)),
  ]);
}

export function cutAtEveryByte({ openPair, proves }: Suite): void {
  const needs = ['both directions', 'waiting'] as const;
  const cuts = (how: Cut['how']): Cut[] => Array.from({ length: TOTAL }, (_, after) => ({ after, how }));
  const wholeMessages = (bytes: number): number => Math.floor(bytes / MESSAGE) * MESSAGE;

  proves('the conversation that is cut below is whole without a cut', needs, async (left, right) => {
    expect(await converse(left, right)).toEqual([
      { bytes: TOTAL, error: null },
      { bytes: TOTAL, error: null },
    ]);
  });

  for (const how of ['end', 'reset'] as const) {
    const thrown = how === 'end' ? 'QIO_CHANNEL_SHUT_DOWN' : 'QIO_CHANNEL_IO';

    proves(
      `writing breaks off (${how}) at each byte: every call settles, and what came is a prefix`,
      needs,
      async () => {
        for (const cut of cuts(how)) {
          const [left, right] = await openPair();
          const [asked, answered] = await converse(
            new FaultyChannel(left, NO_FAULTS, { ...NO_FAULTS, cut }),
            right,
          );
          const where = `${how} after ${cut.after}`;
          expect(asked, where).toMatchObject({ bytes: wholeMessages(cut.after), error: { code: thrown } });
          // What was written before the cut has arrived: it is whole messages, or the end came in the middle of one.
          expect(answered.bytes, where).toBe(wholeMessages(cut.after));
          if (cut.after % MESSAGE === 0) expect(answered.error, where).toBeNull();
          else expect(answered.error, where).toMatchObject({ code: 'QIO_CHANNEL_EOF' });
        }
      },
    );

    proves(
      `reading breaks off (${how}) at each byte: every call settles, and what came is a prefix`,
      needs,
      async () => {
        for (const cut of cuts(how)) {
          const [left, right] = await openPair();
          const [asked, answered] = await converse(
            new FaultyChannel(left, { ...NO_FAULTS, cut }, NO_FAULTS),
            right,
          );
          const where = `${how} after ${cut.after}`;
          expect(asked, where).toMatchObject({
            bytes: wholeMessages(cut.after),
            error: { code: how === 'end' ? 'QIO_CHANNEL_EOF' : 'QIO_CHANNEL_IO' },
          });
          // The request of the answer that was cut had come; the peer then is gone, with or without a reset.
          expect(answered.bytes, where).toBe(wholeMessages(cut.after) + MESSAGE);
          if (answered.error !== null)
            expect(answered.error, where).toMatchObject({ code: 'QIO_CHANNEL_IO' });
        }
      },
    );
  }
}
