import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BottomHalf, type BottomHalfHandle, IOThread } from '@coaio/aio-context';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, onTestFinished, test } from 'vitest';

const handles = new URL('./workers/handles.mjs', import.meta.url);
const threads = new URL('./workers/threads.mjs', import.meta.url);

async function startPolling(): Promise<IOThread> {
  // At its second wait its window is as long as may be: it looks for work all the time, for two seconds.
  const thread = await IOThread.start({ pollMaxNs: 2 ** 31 - 1, pollGrow: 1_000_000 });
  onTestFinished(() => thread.join().catch(() => {}));
  const runs = sharedWords(3);
  const handle = await thread.run<BottomHalfHandle>(handles, 'makesABottomHalf', 'wake', runs);
  for (let wake = 0; wake < 3; wake++) {
    BottomHalf.attach(handle).schedule();
    blockUntil(runs);
    runs[0] = 0;
  }
  return thread;
}

test('its parameters are as QEMU has them by default, and may be set', async () => {
  const thread = await IOThread.start();
  expect(thread.pollParams).toEqual({ pollMaxNs: 32_768, pollGrow: 0, pollShrink: 0 });
  thread.setPollParams({ pollMaxNs: 1000, pollShrink: 2 });
  expect([thread.pollMaxNs, thread.pollGrow, thread.pollShrink]).toEqual([1000, 0, 2]);
  await expect(IOThread.start({ pollMaxNs: -1 })).rejects.toMatchObject({ code: 'AIO_POLL_PARAMS' });
  await thread.join();
});

test('once its waits are short it is up for a while after its work, and not when it may not poll', async () => {
  const thread = await startPolling();
  expect(await thread.run(threads, 'isUp')).toBe(true);
  thread.setPollParams({ pollMaxNs: 0 });
  expect(await thread.run(threads, 'isUp')).toBe(false);
});

test('its sockets are served while it polls', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'polls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'echo');
  const thread = await startPolling();
  await thread.run(threads, 'serves', path);
  const client = connect(path);
  client.write('hello');
  expect(String((await once(client, 'data'))[0])).toBe('hello');
  client.destroy();
});
