import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';

const PRELOAD = new URL('./children/interrupts-itself.mjs', import.meta.url).href;
// Far longer than this test may take.
const ENDLESS = ['layers', '--layer', 'co-queue', '--rounds', '100000', '--runtime', '0.001'];

/** @param turns of the event loop, after which it gets a SIGINT */
function interruptedAfter(turns: number) {
  return runCli([...ENDLESS, '--output-format', 'json'], {
    NODE_OPTIONS: `--import=${PRELOAD}`,
    INTERRUPT_AFTER_TURNS: String(turns),
  });
}

test('the whole rounds so far, and that it was interrupted', async () => {
  const { status, stdout, stderr } = await interruptedAfter(200);
  expect(stderr).toBe('');
  const { interrupted, layers } = JSON.parse(stdout);
  expect(interrupted).toBe(true);
  const [{ groups }] = layers;
  expect(groups).toHaveLength(1);
  expect(groups[0].name).toBe('restartAll of 1');
  expect(groups[0].rounds).toBeGreaterThan(0);
  expect(groups[0].rounds).toBeLessThan(100_000);
  expect(status).toBe(130);
});

test('or that there is nothing yet', async () => {
  expect(await interruptedAfter(0)).toEqual({
    status: 130,
    stdout: '',
    stderr: 'nbd-bench: interrupted by SIGINT before anything was measured\n',
  });
});
