import type { Clock } from './clock.js';
import { TimeoutAlarm } from './timeout-alarm.js';

const NS_PER_MS = 1e6;
/** The longest delay that setTimeout takes; a longer one would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Monotonic time of this process, with the event loop's resolution of 1 ms (`QEMU_CLOCK_REALTIME`). */
export const realtimeClock: Clock = {
  passes: true,
  nowNs: () => performance.now() * NS_PER_MS,
  createAlarm: (expired) => new TimeoutAlarm(realtimeClock, MAX_TIMEOUT_MS, expired),
};
