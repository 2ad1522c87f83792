import { join, relative, resolve } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { parseUnixAddress } from '../src/nbd-serve/parse-address.js';
import { NbdServe } from './support/run-nbd-serve.js';
import { temporaryFolder } from './support/temporary-folder.js';

test('to who is in another folder, too', async () => {
  const path = join(await temporaryFolder(), 'nbd.sock');
  const command = new NbdServe(['--memory', '1M', '--unix', relative('.', path)]);
  const uri = await command.line();
  expect(uri).toBe(`nbd+unix:///?socket=${path}`);
  await (await NbdClient.connect(uri)).close();
  expect(await command.stop()).toMatchObject({ code: 0, stderr: '' });
});

test('a path that would be too long then stays as it is, and so does none', () => {
  const longest = 'x'.repeat(107 - resolve('x').length + 1);
  expect(parseUnixAddress(longest)).toEqual({ type: 'unix', path: resolve(longest) });
  expect(parseUnixAddress(`${longest}y`)).toEqual({ type: 'unix', path: `${longest}y` });
  expect(parseUnixAddress('')).toEqual({ type: 'unix', path: '' });
});
