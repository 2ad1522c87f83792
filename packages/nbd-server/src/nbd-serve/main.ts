#!/usr/bin/env node
import { isNbdError } from '@coaio/nbd-protocol';
import { CommanderError } from 'commander';
import { complain, textOf } from './messages.js';
import { parseArguments } from './parse-arguments.js';
import { serve } from './serve.js';
import type { ServePlan } from './serve-plan.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

process.exit(await statusOf(process.argv.slice(2)));

async function statusOf(args: readonly string[]): Promise<number> {
  let plan: ServePlan;
  try {
    plan = parseArguments(args);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    throw error;
  }
  // Whoever reads our output may leave before us. With --stdio nothing but the client's channel may open stdout.
  if (!plan.stdio) process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  try {
    return await serve(plan);
  } catch (error) {
    complain(textOf(error));
    return isUsage(error) ? EXIT_USAGE : EXIT_FAILED;
  }
}

/** Nothing the system had a say in: an address, a name or a size that cannot be. */
function isUsage(error: unknown): boolean {
  // By code: it may come from another thread.
  if ((error as { code?: unknown }).code === 'QIO_CHANNEL_ADDRESS') return true;
  return isNbdError(error) && error.fault === 'caller';
}
