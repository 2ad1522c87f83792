import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { pattern } from './support/raw-client.js';
import { NbdServe } from './support/run-nbd-serve.js';

const totals = (line: string): unknown => JSON.parse(line.replace('nbd-serve: statistics ', ''));

test('at SIGUSR1, and at the end', async () => {
  const command = new NbdServe(['--memory', '1M', '--port', '0', '--statistics']);
  const client = await NbdClient.connect(await command.line());
  await client.write(0, pattern(1000));
  command.process.kill('SIGUSR1');
  expect(totals(await command.complaint())).toMatchObject({
    ...{ connections: 1, accepted: 1, write: 1, read: 0, bytesWritten: 1000, failed: 0 },
  });
  await client.trim(0, 512);
  await client.close();
  const { code, stderr } = await command.stop();
  expect(code).toBe(0);
  const [, last = ''] = stderr.split('\n');
  expect(totals(last)).toMatchObject({ connections: 0, accepted: 1, write: 1, trim: 1 });
});
