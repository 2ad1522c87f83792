import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { pattern } from './support/raw-client.js';
import { NbdServe } from './support/run-nbd-serve.js';
import { temporaryFolder } from './support/temporary-folder.js';

test('a line for each, and one disk behind them', async () => {
  const folder = await temporaryFolder();
  const unix = ['--unix', join(folder, 'a.sock'), '--unix', join(folder, 'b.sock')];
  const tcp = ['--tcp', '0', '--tcp', '[::1]:0', '--port', '0', '--host', 'localhost'];
  const command = new NbdServe(['--memory', '1M', ...unix, ...tcp]);
  const uris = await command.lines(5);
  expect(uris).toMatchObject([
    `nbd+unix:///?socket=${folder}/a.sock`,
    `nbd+unix:///?socket=${folder}/b.sock`,
    expect.stringMatching(/^nbd:\/\/127\.0\.0\.1:\d+\/$/),
    expect.stringMatching(/^nbd:\/\/\[::1\]:\d+\/$/),
    expect.stringMatching(/^nbd:\/\/localhost:\d+\/$/),
  ]);
  for (const [index, uri] of uris.entries()) {
    const client = await NbdClient.connect(uri);
    await client.write(index * 512, pattern(512, index));
    if (index > 0) {
      const before = await client.read((index - 1) * 512, 512);
      expect(new Uint8Array(before)).toEqual(pattern(512, index - 1));
    }
    await client.close();
  }
  expect(await command.stop()).toMatchObject({ code: 0, stderr: '' });
});
