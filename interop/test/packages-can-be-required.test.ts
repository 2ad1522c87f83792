import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const SCRIPT = `
  const required = require(process.argv[1]);
  import(process.argv[1]).then((imported) => {
    const others = Object.keys(imported).filter((key) => required[key] !== imported[key]);
    console.log(JSON.stringify({ same: Object.keys(imported).length - others.length, others }));
  });
`;

/** A process of its own: the one of the test has loaders of its own. */
test.each(['aio-context', 'coroutine', 'qio-channel', 'nbd-protocol', 'nbd-client', 'nbd-server'])(
  '@coaio/%s: what CommonJS requires is the module that others import',
  async (name) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=commonjs', '--eval', SCRIPT, `@coaio/${name}`],
      { cwd: fileURLToPath(new URL('..', import.meta.url)) },
    );
    expect(JSON.parse(stdout)).toEqual({ same: expect.any(Number), others: [] });
    expect(JSON.parse(stdout).same).toBeGreaterThan(0);
  },
);
