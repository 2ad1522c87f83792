import { MemoryExport } from '@coaio/nbd-server';
import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';
import { serve } from './support/serve.js';

const PRELOAD = new URL('./children/has-no-threads.mjs', import.meta.url).href;

// With 0 there is a client of the main thread, which would keep the process alive.
test.each(['1', '0'])('with --connections %s', async (connections) => {
  const uri = await serve(new MemoryExport(2 ** 20));
  const args = [uri, '--connections', connections, '--numjobs', '2'];
  expect(await runCli(args, { NODE_OPTIONS: `--import=${PRELOAD}` })).toEqual({
    status: 1,
    stdout: '',
    stderr: 'nbd-bench: no thread to be had\n',
  });
});
