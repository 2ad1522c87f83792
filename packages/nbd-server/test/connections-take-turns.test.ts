import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { GatedDisk } from './support/gated-disk.js';
import { flush, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { settle } from './support/settle.js';

const MIB = 2 ** 20;

/** A disk that answers at once and counts; the quiet client is told by its offset. */
class CountingDisk implements NbdBackend {
  readonly size = 2 ** 30;
  served = 0;
  /** How many there had been when the quiet client was served. */
  readonly quietAt: number[] = [];

  read(offset: number): void {
    this.#count(offset);
  }

  write(offset: number): void {
    this.#count(offset);
  }

  flush(): void {
    this.#count(0);
  }

  #count(offset: number): void {
    this.served++;
    if (offset === MIB) this.quietAt.push(this.served);
  }
}

test('64 reads of 1 MiB in flight do not keep a small one from a slow disk', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  const greedy = await RawClient.open(server);
  const quiet = await RawClient.open(server);
  for (let cookie = 0; cookie < 64; cookie++) await greedy.send(read(cookie, 0, MIB));
  await disk.called(16);
  await quiet.send(read(1, 4096, 4096));
  await disk.called(17);
  // The greedy one has its 16 MiB, and not one request more.
  expect(disk.calls[16]).toMatchObject({ offset: 4096, length: 4096 });
  for (const call of disk.calls) call.succeed();
  expect((await quiet.reply()).cookie).toBe(1);
  for (const client of [greedy, quiet]) client.channel.close();
});

test.each([
  ['flushes', (cookie: number) => flush(cookie)],
  ['small reads', (cookie: number) => read(cookie, 0, 512)],
  ['small writes', (cookie: number) => write(cookie, 0, new Uint8Array(16))],
])('a flood of %s lets others in after each 64', async (_, message) => {
  const disk = new CountingDisk();
  const { server } = serverOf(disk);
  const pair = { capacity: MIB };
  const greedy = await RawClient.open(server, { pair });
  const quiet = await RawClient.open(server, { pair });
  const answers = coRun(function* () {
    for (let bytes = 1; bytes > 0; ) bytes = yield* greedy.channel.readv([new Uint8Array(MIB)]);
  });
  const flood = Buffer.concat(Array.from({ length: 9000 }, (__, cookie) => message(cookie)));
  const rounds = 10;
  const flooding = greedy.send(flood);
  for (let round = 0; round < rounds; round++) {
    const before = disk.served;
    await quiet.send(read(round, MIB, 512));
    await quiet.reply();
    // Its request may have come in the middle of a go, and its turn is after the next one.
    expect((disk.quietAt.at(-1) ?? 0) - before).toBeLessThanOrEqual(3 * 64);
  }
  expect(disk.served).toBeLessThan(9000);
  await flooding;
  while (disk.served < 9000 + rounds) await settle(1);
  for (const client of [greedy, quiet]) client.channel.close();
  await answers;
});
