import type { Clock } from './clock.js';
import { TimeoutAlarm } from './timeout-alarm.js';

const NS_PER_MS = 1e6;
/** The wall clock may be set: an armed timer learns of it within this time. */
const LOOK_AGAIN_MS = 1000;

/**
 * The wall clock, in nanoseconds since 1970 (`QEMU_CLOCK_HOST`). It may jump, backwards too. As a double it is exact to 256 ns;
 * `Date` gives milliseconds.
 */
export const hostClock: Clock = {
  passes: true,
  nowNs: () => Date.now() * NS_PER_MS,
  createAlarm: (expired) => new TimeoutAlarm(hostClock, LOOK_AGAIN_MS, expired),
};
