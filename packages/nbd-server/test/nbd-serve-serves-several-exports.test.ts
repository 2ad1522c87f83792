import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { pattern } from './support/raw-client.js';
import { NbdServe } from './support/run-nbd-serve.js';
import { temporaryFolder } from './support/temporary-folder.js';

test('memory under the empty name, and files', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a=b.raw'), pattern(4096, 3));
  await writeFile(join(folder, 'c.raw'), pattern(8192, 4));
  const files = ['--export', `first=${folder}/a=b.raw`, '--export', `second=${folder}/c.raw`];
  const command = new NbdServe(['--memory', '1M', ...files, '--unix', join(folder, 'nbd.sock')]);
  const uri = await command.line();
  const sizes = (await NbdClient.list(uri)).map(({ name }) => name);
  expect(sizes.toSorted()).toEqual(['', 'first', 'second']);
  const client = await NbdClient.connect({ uri, exportName: 'second' });
  expect(new Uint8Array(await client.read(0, 8192))).toEqual(pattern(8192, 4));
  await client.write(0, pattern(100));
  await client.close();
  expect(new Uint8Array((await readFile(join(folder, 'c.raw'))).subarray(0, 100))).toEqual(pattern(100));
  expect(await command.stop()).toMatchObject({ code: 0, stderr: '' });
});

test('--null forgets', async () => {
  const command = new NbdServe(['--null', '8T', '--export-name', 'void', '--port', '0']);
  const client = await NbdClient.connect(await command.line());
  expect(client.info).toMatchObject({ name: 'void', size: 2n ** 43n });
  await client.write(0, pattern(512));
  expect(new Uint8Array(await client.read(0, 512))).toEqual(new Uint8Array(512));
  await client.close();
  await command.stop();
});

test('--overlay keeps files as they are', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'disk.raw');
  await writeFile(file, pattern(8192));
  const command = new NbdServe(['--file', file, '--overlay', '--unix', join(folder, 'nbd.sock')]);
  const client = await NbdClient.connect(await command.line());
  await client.write(0, new Uint8Array([1, 2, 3]), { fua: true });
  expect([...(await client.read(0, 3))]).toEqual([1, 2, 3]);
  await client.close();
  await command.stop();
  expect(new Uint8Array(await readFile(file))).toEqual(pattern(8192));
});
