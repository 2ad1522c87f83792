/** Small numbers in a row that a seed determines (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

// Around lengths, types and flags, both ends of every field width.
const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 12, 16, 20, 32, 0x7f, 0x80, 0xfe, 0xff];

/** A copy of `base` with some of what happens to bytes: changed, swapped for another session's, cut, repeated. */
export function mutate(base: Uint8Array, other: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes: Uint8Array = base.slice();
  for (let changes = random(4); changes >= 0 && bytes.length > 0; changes--) {
    const at = place(bytes.length, random);
    // What moves all that follows mostly ends in a bad magic, so fields are changed more often.
    switch (random(6) === 0 ? 4 + random(4) : random(4)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = (bytes[at] as number) ^ (1 << random(8));
        break;
      case 2:
      case 3:
        bytes[at] = INTERESTING[random(INTERESTING.length)] as number;
        break;
      case 4:
        bytes = splice(bytes, at, random(16), new Uint8Array(0));
        break;
      case 5:
        bytes = splice(bytes, at, 0, bytes.slice(random(bytes.length), at + random(64)));
        break;
      case 6:
        bytes = splice(bytes, at, random(64), other.slice(random(other.length), random(other.length)));
        break;
      case 7:
        if (random(4) === 0) bytes = bytes.slice(0, at);
        else bytes.fill(0xff, at, at + 4);
        break;
    }
  }
  return bytes;
}

/** Mostly past the greeting, without which nothing else is looked at. */
function place(length: number, random: (below: number) => number): number {
  const skipped = length > 18 && random(8) > 0 ? 18 : 0;
  return skipped + random(length - skipped);
}

function splice(bytes: Uint8Array, at: number, drop: number, insert: Uint8Array): Uint8Array {
  const tail = bytes.subarray(Math.min(at + drop, bytes.length));
  const result = new Uint8Array(at + insert.length + tail.length);
  result.set(bytes.subarray(0, at));
  result.set(insert, at);
  result.set(tail, at + insert.length);
  return result;
}
