import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { pattern } from './support/raw-client.js';
import { NbdServe } from './support/run-nbd-serve.js';
import { temporaryFolder } from './support/temporary-folder.js';

async function lines(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test('who, what, how long, and what was wrong with it', async () => {
  const folder = await temporaryFolder();
  const log = join(folder, 'access.log');
  const command = new NbdServe([
    '--memory',
    '1M',
    '--export-name',
    'disk',
    '--port',
    '0',
    '--access-log',
    log,
  ]);
  const uri = await command.line();
  const client = await NbdClient.connect({ uri, strict: { bounds: false } });
  await client.write(0, pattern(1000));
  await client.read(0, 500);
  await client.read(2 ** 20, 1).catch(() => {});
  await client.close();
  await NbdClient.connect({ uri, exportName: 'tape' }).catch(() => {});
  await expect.poll(() => lines(log), { timeout: 20_000 }).toHaveLength(2);
  await rename(log, `${log}.1`);
  const last = await NbdClient.connect(uri);
  await command.stop();
  await last.close().catch(() => {});
  expect(await lines(`${log}.1`)).toMatchObject([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      client: expect.stringMatching(/^client 1 of 127\.0\.0\.1:\d+$/),
      address: '127.0.0.1',
      port: expect.any(Number),
      export: 'disk',
      tls: false,
      seconds: expect.any(Number),
      ...{ read: 1, write: 1, failed: 1, bytesRead: 500, bytesWritten: 1000 },
    },
    { export: null, read: 0, failed: 0 },
  ]);
  expect(await lines(log)).toMatchObject([{ export: 'disk', read: 0 }]);
});

test('- is stdout, and an error is in it', async () => {
  const command = new NbdServe([
    '--memory',
    '1M',
    '--port',
    '0',
    '--max-connections',
    '9',
    '--access-log',
    '-',
  ]);
  const [, port] = /:(\d+)\/$/.exec(await command.line()) ?? [];
  const response = await fetch(`http://127.0.0.1:${port}/`).catch((error: Error) => error);
  expect(response).toBeInstanceOf(Error);
  const [, line = ''] = await command.lines(2);
  expect(JSON.parse(line)).toMatchObject({ export: null, error: expect.stringContaining('0x47455420') });
  await command.stop();
});
