import { coRun } from '@coaio/coroutine';
import { expect } from 'vitest';
import { expectBytes, pattern } from '../bytes.js';
import type { Suite } from '../suite.js';

export function promises({ proves }: Suite): void {
  proves('the promises do as the coroutine calls do', [], async (left, right) => {
    const written = await left.promises.writev([pattern(4)]);
    await left.promises.writevAll([pattern(10 - written, written)]);
    await right.promises.yield('in');
    const target = new Uint8Array(10);
    const count = await right.promises.readv([target]);
    await right.promises.readvAll([target.subarray(count)]);
    expectBytes(target, pattern(10));
    left.close();
    expect(await right.promises.readvAllEof([new Uint8Array(1)])).toBe(false);
    await expect(right.promises.readvAll([new Uint8Array(1)])).rejects.toMatchObject({
      code: 'QIO_CHANNEL_EOF',
    });
    await expect(left.promises.writevAll([pattern(1)])).rejects.toMatchObject({
      code: 'QIO_CHANNEL_SHUT_DOWN',
    });
  });

  proves('a promise and a coroutine exclude each other', ['waiting'], async (left, right) => {
    const reading = right.promises.readv([new Uint8Array(1)]);
    await expect(coRun(() => right.readv([new Uint8Array(1)]), { name: 'second' })).rejects.toMatchObject({
      code: 'QIO_CHANNEL_BUSY',
      message: expect.stringMatching(/"second".*"readv of /),
    });
    await left.promises.writevAll([pattern(1)]);
    expect(await reading).toBe(1);
  });

  proves('a promise ends with the reason of its signal', ['waiting'], async (left, right) => {
    const giveUp = new AbortController();
    const reading = right.promises.readvAll([new Uint8Array(5)], { signal: giveUp.signal });
    giveUp.abort('enough');
    await expect(reading).rejects.toBe('enough');
    await left.promises.writevAll([pattern(1)]);
    expect(await right.promises.readv([new Uint8Array(5)])).toBe(1);
  });
}
