import { AioContext, getMainAioContext } from '@coaio/aio-context';
import { aioCoEnter, type Co, Coroutine, coAwait, coRun, coSelf } from '@coaio/coroutine';
import type { QIOChannel } from '@coaio/qio-channel';
import { afterEach, describe, expect, test } from 'vitest';

/** Two connected channels, fresh for each test. */
export type OpenPair = () => Promise<readonly [QIOChannel, QIOChannel]>;

/** More than any socket buffers: a writer of this much has to wait for a reader. */
const MORE_THAN_FITS = 16 * 1024 * 1024;

function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = index * 31 + (index >> 8);
  return bytes;
}

function* readExactly(channel: QIOChannel, length: number): Co<Uint8Array> {
  const bytes = new Uint8Array(length);
  yield* channel.readvAll([bytes]);
  return bytes;
}

/** The suite: `describeQIOChannel('memory', () => ...)`. `halfClose`: the peer learns that only writing has ended. */
export function describeQIOChannel(kind: string, openPair: OpenPair, { halfClose = true } = {}): void {
  const endWriting = (channel: QIOChannel): void => (halfClose ? channel.shutdown('write') : channel.close());
  describe(`${kind} channel`, () => {
    const open: QIOChannel[] = [];
    const pair = async (): Promise<readonly [QIOChannel, QIOChannel]> => {
      const channels = await openPair();
      open.push(...channels);
      return channels;
    };
    afterEach(() => {
      for (const channel of open.splice(0)) channel.close();
    });

    test('delivers what was written, in order, in both directions', async () => {
      const [left, right] = await pair();
      const there = pattern(100_000);
      const back = pattern(70_001).reverse();
      const [gotThere, gotBack] = await Promise.all([
        coRun(() => readExactly(right, there.length)),
        coRun(() => readExactly(left, back.length)),
        coRun(() => left.writevAll([there])),
        coRun(() => right.writevAll([back])),
      ]);
      expect(Buffer.compare(gotThere, there)).toBe(0);
      expect(Buffer.compare(gotBack, back)).toBe(0);
    });

    test('gathers from and scatters to several pieces, empty ones included', async () => {
      const [left, right] = await pair();
      const bytes = pattern(10_000);
      const pieces = [bytes.subarray(0, 1), new Uint8Array(0), bytes.subarray(1, 5000), bytes.subarray(5000)];
      const target = new Uint8Array(10_000);
      const into = [
        target.subarray(0, 4999),
        new Uint8Array(0),
        target.subarray(4999, 5001),
        target.subarray(5001),
      ];
      await Promise.all([coRun(() => right.readvAll(into)), coRun(() => left.writevAll(pieces))]);
      expect(Buffer.compare(target, bytes)).toBe(0);
    });

    test('holds a writer back until somebody reads', async () => {
      const [left, right] = await pair();
      const bytes = pattern(MORE_THAN_FITS);
      let written = false;
      const writing = coRun(() => left.writevAll([bytes])).then(() => {
        written = true;
      });
      const head = await coRun(() => readExactly(right, 1));
      expect(written).toBe(false);
      const rest = await coRun(() => readExactly(right, MORE_THAN_FITS - 1));
      await writing;
      expect(Buffer.compare(Buffer.concat([head, rest]), bytes)).toBe(0);
    });

    test('a peer that closes once it has read everything is no error for the writer', async () => {
      const [left, right] = await pair();
      const bytes = pattern(MORE_THAN_FITS);
      const writing = coRun(() => left.writevAll([bytes.subarray(0, 1 << 20), bytes.subarray(1 << 20)]));
      await coRun(() => readExactly(right, MORE_THAN_FITS));
      right.close();
      await writing;
    });

    test('readv is short rather than waiting for all', async () => {
      const [left, right] = await pair();
      await coRun(() => left.writevAll([pattern(10)]));
      const target = new Uint8Array(1000);
      const count = await coRun(() => right.readv([target]));
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(10);
    });

    test('tells the end of the stream after all that was written', async () => {
      const [left, right] = await pair();
      await coRun(() => left.writevAll([pattern(3)]));
      endWriting(left);
      expect(await coRun(() => right.readvAllEof([new Uint8Array(3)]))).toBe(true);
      expect(await coRun(() => right.readvAllEof([new Uint8Array(3)]))).toBe(false);
      expect(await coRun(() => right.readv([new Uint8Array(3)]))).toBe(0);
    });

    test('an end in the middle is an error that says how much came', async () => {
      const [left, right] = await pair();
      await coRun(() => left.writevAll([pattern(3)]));
      endWriting(left);
      await expect(coRun(() => right.readvAllEof([new Uint8Array(5)]))).rejects.toMatchObject({
        code: 'QIO_CHANNEL_EOF',
        message: expect.stringContaining('3 of 5 bytes'),
      });
    });

    test('can still read after its own writing has ended', async () => {
      const [left, right] = await pair();
      left.shutdown('write');
      await coRun(() => right.writevAll([pattern(7)]));
      expect(await coRun(() => readExactly(left, 7))).toEqual(pattern(7));
      await expect(coRun(() => left.writevAll([pattern(1)]))).rejects.toMatchObject({
        code: 'QIO_CHANNEL_SHUT_DOWN',
      });
    });

    test('shutdown wakes who reads and who writes', async () => {
      const [left] = await pair();
      const reading = coRun(() => left.readv([new Uint8Array(1)]));
      const writing = coRun(() => left.writevAll([pattern(MORE_THAN_FITS)])).catch((error: unknown) => error);
      left.shutdown('both');
      expect(await reading).toBe(0);
      expect(await writing).toMatchObject({ code: 'QIO_CHANNEL_SHUT_DOWN' });
    });

    test('refuses a second reader and a second writer, and the first goes on', async () => {
      const [left, right] = await pair();
      const first = coRun(() => readExactly(left, 1), { name: 'first' });
      await expect(coRun(() => left.readv([new Uint8Array(1)]))).rejects.toMatchObject({
        code: 'QIO_CHANNEL_BUSY',
        message: expect.stringContaining('"first"'),
      });
      const big = coRun(() => right.writevAll([pattern(MORE_THAN_FITS)]));
      await expect(coRun(() => right.writevAll([pattern(1)]))).rejects.toMatchObject({
        code: 'QIO_CHANNEL_BUSY',
      });
      expect(await first).toEqual(pattern(1));
      await coRun(() => readExactly(left, MORE_THAN_FITS - 1));
      await big;
    });

    test('yield in returns once there is something to read, or the end', async () => {
      const [left, right] = await pair();
      const waiting = coRun(function* () {
        yield* right.yield('in');
        return yield* readExactly(right, 2);
      });
      await coRun(() => left.writevAll([pattern(2)]));
      expect(await waiting).toEqual(pattern(2));
      endWriting(left);
      await coRun(() => right.yield('in'));
    });

    test('wakes a coroutine in its own context, whichever that is at each wait', async () => {
      const [left, right] = await pair();
      right.setFollowCoroutineCtx(true);
      const other = new AioContext({ name: 'other' });
      const seen: unknown[] = [];
      await new Promise<void>((resolve, reject) => {
        const reader = Coroutine.create(function* () {
          try {
            yield* readExactly(right, 1);
            seen.push(coSelf().context?.name);
            yield* coAwait(coRun(() => left.writevAll([pattern(1)]), { context: getMainAioContext() }));
            yield* readExactly(right, 1);
            seen.push(coSelf().context?.name);
            resolve();
          } catch (error) {
            reject(error);
          }
        });
        aioCoEnter(other, reader);
        void coRun(() => left.writevAll([pattern(1)]));
      });
      expect(seen).toEqual(['other', 'other']);
    });

    test('close is no error when repeated, and the peer sees the end', async () => {
      const [left, right] = await pair();
      left.close();
      left.close();
      expect(await coRun(() => right.readv([new Uint8Array(1)]))).toBe(0);
    });
  });
}
