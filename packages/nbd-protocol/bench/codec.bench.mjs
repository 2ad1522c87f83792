// Nanoseconds per header, ours against the naive codec of the tests. Candidates run by turns, so that a change of
// clock speed meets both; the median of the turns counts. Build first: this measures dist.
import { performance } from 'node:perf_hooks';
import {
  decodeReply,
  decodeRequest,
  encodeDataChunk,
  encodeRequest,
  encodeSimpleReply,
  NEED_MORE,
  newReplyHeader,
  newRequestHeader,
} from '../dist/index.js';
import * as naive from '../test/support/naive-codec.mjs';

const TURNS = 15;
const PER_TURN = 1_000_000;

/**
 * Returns a number that depends on its work, so that none of it can be left out.
 * @typedef {(count: number) => number} Candidate
 */

/** @type {{ name: string, ours: Candidate, naive: Candidate }[]} */
const pairs = [
  { name: 'encodeRequest', ours: oursEncodeRequest(), naive: naiveEncodeRequest() },
  { name: 'decodeRequest', ours: oursDecodeRequest(), naive: naiveDecodeRequest() },
  { name: 'encodeSimpleReply', ours: oursEncodeSimpleReply(), naive: naiveEncodeSimpleReply() },
  { name: 'decodeReply, simple', ours: oursDecode(simple()), naive: naiveDecode(simple()) },
  { name: 'decodeReply, data chunk', ours: oursDecode(chunk()), naive: naiveDecode(chunk()) },
];

for (const pair of pairs) {
  const ours = newTally();
  const theirs = newTally();
  for (let turn = 0; turn < TURNS + 2; turn++) {
    runTurn(pair.ours, turn, ours);
    runTurn(pair.naive, turn, theirs);
  }
  // A collection in mid-turn makes a growth negative, so "under 1" is the claim, not an exact count.
  const growth = median(ours.heap) < 1 ? 'under 1' : median(ours.heap).toFixed(0);
  console.log(
    `${pair.name.padEnd(24)} ours ${median(ours.times).toFixed(1)} ns, naive ${median(theirs.times).toFixed(1)} ns, ` +
      `${growth} bytes of heap per call (ours)`,
  );
}

/** @typedef {{ times: number[], heap: number[] }} Tally */

/** @returns {Tally} */
function newTally() {
  return { times: [], heap: [] };
}

/** @param {Candidate} candidate @param {number} turn @param {Tally} tally */
function runTurn(candidate, turn, tally) {
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  candidate(PER_TURN);
  const elapsed = performance.now() - start;
  // The first two turns warm up the compiler.
  if (turn < 2) return;
  tally.times.push((elapsed * 1e6) / PER_TURN);
  tally.heap.push((process.memoryUsage().heapUsed - before) / PER_TURN);
}

/** @returns {Candidate} */
function oursEncodeRequest() {
  const view = new DataView(new ArrayBuffer(4096));
  const header = newRequestHeader();
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      header.cookieHigh = 0x9000_0000 + (i & 0xff);
      header.cookieLow = i;
      header.offsetLow = 0xf000_0000 + (i & 0xff_ffff);
      header.length = 4096;
      sum += encodeRequest(view, (i & 63) * 28, header);
    }
    return sum;
  };
}

/** @returns {Candidate} */
function naiveEncodeRequest() {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const cookie = (0x9000_0000n << 32n) + BigInt(i);
      const offset = BigInt(0xf000_0000 + (i & 0xff_ffff));
      sum += naive.encodeRequest({ flags: 0, type: 0, cookie, offset, length: 4096 }).length;
    }
    return sum;
  };
}

/** @returns {Candidate} */
function oursDecodeRequest() {
  const view = new DataView(naive.encodeRequest(asked()).buffer);
  const header = newRequestHeader();
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      view.setUint32(12, i);
      sum += decodeRequest(view, 0, 28, header) + (header.cookieLow & 1);
    }
    return sum;
  };
}

/** @returns {Candidate} */
function naiveDecodeRequest() {
  const bytes = naive.encodeRequest(asked());
  const view = new DataView(bytes.buffer);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      view.setUint32(12, i);
      sum += naive.decodeRequest(bytes).length;
    }
    return sum;
  };
}

function asked() {
  return { flags: 0, type: 0, cookie: 1n << 63n, offset: 0xf000_0000n, length: 4096 };
}

/** @returns {Candidate} */
function oursEncodeSimpleReply() {
  const view = new DataView(new ArrayBuffer(4096));
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += encodeSimpleReply(view, (i & 63) * 16, 0, i & 7, i);
    return sum;
  };
}

/** @returns {Candidate} */
function naiveEncodeSimpleReply() {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += naive.encodeSimpleReply(0, BigInt(i)).length;
    return sum;
  };
}

/** @param {Uint8Array} bytes @returns {Candidate} */
function oursDecode(bytes) {
  const view = new DataView(bytes.buffer);
  const reply = newReplyHeader();
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      view.setUint32(12, i);
      if (decodeReply(view, 0, bytes.length, reply) === NEED_MORE) throw new Error('incomplete');
      sum += reply.cookieLow + reply.length;
    }
    return sum;
  };
}

/** @param {Uint8Array} bytes @returns {Candidate} */
function naiveDecode(bytes) {
  const view = new DataView(bytes.buffer);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      view.setUint32(12, i);
      sum += Number(naive.decodeReply(bytes).cookie & 0xffffffffn);
    }
    return sum;
  };
}

function simple() {
  const bytes = new Uint8Array(16);
  encodeSimpleReply(new DataView(bytes.buffer), 0, 0, 0x9000_0001, 7);
  return bytes;
}

// The naive decoder copies the 512 bytes of data, as naive decoders do; ours leaves them where they are.
function chunk() {
  const bytes = new Uint8Array(28 + 512);
  encodeDataChunk(new DataView(bytes.buffer), 0, true, 0x9000_0001, 7, 0, 0xf000_0000, 512);
  return bytes;
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
