import { NBD_FLAG_READ_ONLY } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { fitToExport } from '../src/run/plan.js';
import type { RunConfig } from '../src/run/run-config.js';
import { exportInfo } from './support/export-info.js';
import { runCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

function config(fields: Partial<RunConfig> = {}): RunConfig {
  return {
    rw: 'randread',
    rwmixread: 50,
    bs: 4096,
    iodepth: 1,
    numjobs: 1,
    connections: 1,
    runtime: 1,
    rampTime: 0,
    offset: 0,
    randseed: 1,
    pollMaxNs: 0,
    verify: false,
    ...fields,
  };
}

const BLOCKS_OF_512 = { minimum: 512, preferred: 4096, maximum: 65536 };

test.each([
  [{}, {}, { offset: 0, size: 2 ** 20 }],
  [{ offset: 4096 }, {}, { offset: 4096, size: 2 ** 20 - 4096 }],
  [{ size: 8192 }, {}, { offset: 0, size: 8192 }],
  [{ offset: 2 ** 20 - 4096, size: 4096 }, {}, { offset: 2 ** 20 - 4096, size: 4096 }],
  [{ bs: 512 }, { blockSize: BLOCKS_OF_512 }, { offset: 0, size: 2 ** 20 }],
  // What lies beyond exact numbers is not used.
  [{}, { size: 2n ** 60n }, { offset: 0, size: 2 ** 53 - 1 }],
])('%o of an export with %o', (fields, facts, extent) => {
  expect(fitToExport(config(fields), exportInfo(facts))).toEqual(extent);
});

test.each([
  [{ rw: 'write' }, { flags: NBD_FLAG_READ_ONLY }, '--rw write: export "disk" is read-only'],
  [{ rw: 'randwrite' }, { flags: NBD_FLAG_READ_ONLY }, '--rw randwrite: export "disk" is read-only'],
  [{ bs: 2 ** 21 }, {}, '--bs 2097152 is larger than the export, which has 1048576 bytes'],
  [{}, { size: 0n }, '--bs 4096 is larger than the export, which has 0 bytes'],
  [
    { bs: 700 },
    { blockSize: BLOCKS_OF_512 },
    "--bs 700 is not a multiple of the server's minimum block size 512",
  ],
  [{ bs: 2 ** 17 }, { blockSize: BLOCKS_OF_512 }, "--bs 131072 exceeds the server's maximum of 65536 bytes"],
  [
    { offset: 100 },
    { blockSize: BLOCKS_OF_512 },
    "--offset 100 is not a multiple of the server's minimum block size 512",
  ],
  [
    { offset: 2 ** 20 },
    {},
    '--offset 1048576 leaves no room for a block of 4096 bytes, the export has 1048576',
  ],
  [{ size: 1024 }, {}, '--bs 4096 is larger than --size 1024'],
  [{ bs: 4098, verify: true }, {}, '--verify: --bs 4098 and --offset 0 must be multiples of 4'],
  [
    { offset: 4096, size: 2 ** 20 },
    {},
    '--size 1048576 from --offset 4096 on exceeds the export, which has 1048576 bytes',
  ],
] as const)('refused: %o of an export with %o', (fields, facts, message) => {
  expect(() => fitToExport(config(fields), exportInfo(facts))).toThrow(
    expect.objectContaining({ message, exitStatus: 2 }),
  );
});

test('the command says so and ends with status 2', async () => {
  const uri = await serve(
    readsThrough(2 ** 20, () => {}),
    { readOnly: true },
  );
  expect(await runCli([uri, '--rw', 'write'])).toEqual({
    status: 2,
    stdout: '',
    stderr: 'nbd-bench: --rw write: export "" is read-only\n',
  });
});
