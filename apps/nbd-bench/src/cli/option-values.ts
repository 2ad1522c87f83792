import { InvalidArgumentError } from 'commander';
import { parseByteSize } from './byte-size.js';
import { usageError } from './failure.js';

/** What setTimeout can wait for, in whole seconds. */
const MAX_SECONDS = 2_147_483;
/** The longest that a request's header can ask for. */
const MAX_BLOCK = 0xffffffff;

/** A parser of whole numbers from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

export function seconds(text: string): number {
  return secondsFrom(0.001, text);
}

/** A time that may be none. */
export function secondsOrNone(text: string): number {
  return secondsFrom(0, text);
}

/** @throws BenchError when they are too long together. */
export function checkTimes({ rampTime, runtime }: { rampTime: number; runtime: number }): void {
  if (rampTime + runtime <= MAX_SECONDS) return;
  throw usageError(`--ramp-time ${rampTime} and --runtime ${runtime} together exceed ${MAX_SECONDS} s`);
}

function secondsFrom(least: number, text: string): number {
  const value = /^([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= MAX_SECONDS) return value;
  throw new InvalidArgumentError(`It must be a number of seconds from ${least} to ${MAX_SECONDS}.`);
}

export function byteCount(text: string): number {
  const size = parseByteSize(text);
  if (size !== undefined) return size;
  throw new InvalidArgumentError('It must be a number of bytes below 2^53, such as 4096, 4k, 1M or 2G.');
}

/** A size that must not be 0. */
export function byteSize(text: string): number {
  const size = byteCount(text);
  if (size > 0) return size;
  throw new InvalidArgumentError('It must not be 0.');
}

export function blockSize(text: string): number {
  const size = byteSize(text);
  if (size <= MAX_BLOCK) return size;
  throw new InvalidArgumentError('It must be below 4G.');
}
