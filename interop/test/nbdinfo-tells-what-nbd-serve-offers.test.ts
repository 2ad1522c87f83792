import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { outcome, run } from './support/run.js';
import { startNbdServe } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

const folder = temporaryFolder();
const MIB = 2 ** 20;

const ALWAYS = { can_flush: true, can_fua: true, can_multi_conn: true, can_df: true, is_rotational: false };
const WRITABLE = { ...ALWAYS, is_read_only: false, can_trim: true, can_zero: true };

describeWith(['nbdinfo'], 'nbdinfo', () => {
  test.each([
    ['--memory', [], { ...WRITABLE, can_fast_zero: true, can_cache: false }],
    ['--null', [], { ...WRITABLE, can_fast_zero: true, can_cache: false }],
    ['--file', [], { ...WRITABLE, can_fast_zero: false }],
    ['--file', ['--overlay'], { ...WRITABLE, can_fast_zero: true }],
    ['--file', ['--read-only'], { ...ALWAYS, is_read_only: true, can_trim: false, can_zero: false }],
  ] as const)('%s %j: every flag, as JSON and by exit status', async (kind, more, flags) => {
    const file = `${folder}/disk.raw`;
    await writeFile(file, Buffer.alloc(MIB));
    const server = await startNbdServe(folder, kind, kind === '--file' ? file : '1M', ...more);
    const [shown] = JSON.parse(await run('nbdinfo', '--json', server.uri)).exports;
    expect(shown).toMatchObject({ ...flags, 'export-size': MIB, contexts: ['base:allocation'] });
    for (const word of ['trim', 'fast-zero', 'cache', 'df', 'multi-conn', 'write']) {
      const key = word === 'write' ? 'is_read_only' : `can_${word.replace('-', '_')}`;
      const yes = shown[key] === (word !== 'write');
      expect(await outcome('nbdinfo', '--can', word, server.uri)).toMatchObject({ status: yes ? 0 : 2 });
    }
    await server.stop();
  });

  test('--list: all of them; --map: each by itself', async () => {
    const file = `${folder}/disk.raw`;
    await writeFile(file, Buffer.alloc(MIB, 1));
    const server = await startNbdServe(folder, '--null', '1M', '--export', `full=${file}`);
    const { exports } = JSON.parse(await run('nbdinfo', '--list', '--json', server.uri));
    expect(exports.map((one: { 'export-name': string }) => one['export-name'])).toEqual(['', 'full']);
    expect(await run('nbdinfo', '--map', '--totals', server.uri)).toMatch(
      /^ *1048576 +100\.0% +3 hole,zero\n$/,
    );
    const full = server.uri.replace('/?', '/full?');
    expect(await run('nbdinfo', '--map', '--totals', full)).toMatch(/^ *1048576 +100\.0% +0 data\n$/);
    await server.stop();
  });
});
