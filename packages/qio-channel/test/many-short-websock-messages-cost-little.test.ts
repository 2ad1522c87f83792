import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { IncomingMessages } from '../src/websock/incoming-messages.js';

const MIB = 1024 * 1024;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('as many of 1 byte as may be unread take little memory, and are read one by one', () => {
  const incoming = new IncomingMessages();
  const before = memoryInUse();
  for (let index = 0; index < 256 * 1024; index++) incoming.push(Uint8Array.of(index));
  expect(incoming.size).toBe(256 * 1024);
  // Kept one by one they took 54 MiB.
  expect(memoryInUse() - before).toBeLessThan(8 * MIB);
  const target = new Uint8Array(1);
  for (let index = 0; index < 256 * 1024; index++) {
    if (incoming.take([target]) !== 1 || target[0] !== index % 256) expect.unreachable(`byte ${index}`);
  }
  expect(incoming.take([target])).toBe(0);
});

test('short and long ones, read while more come, agree with the stream', () => {
  const incoming = new IncomingMessages();
  const lengths = [1, 0, 3, 5000, 2, 16_383, 1, 1, 4095, 4096, 4095, 4095, 4095, 7, 100_000, 9];
  let sent = 0;
  let read = 0;
  for (let round = 0; round < 200; round++) {
    const length = lengths[round % lengths.length]!;
    incoming.push(Uint8Array.from({ length }, (_, index) => (sent + index) % 251));
    sent += length;
    // Sometimes all of it, mostly less than came.
    const target = new Uint8Array(round % 13 === 0 ? incoming.size : (round * 37) % 9000);
    const count = incoming.take([target.subarray(0, 1), target.subarray(1)]);
    for (let index = 0; index < count; index++) {
      if (target[index] !== (read + index) % 251) expect.unreachable(`byte ${read + index}`);
    }
    read += count;
    expect(incoming.size).toBe(sent - read);
  }
});
