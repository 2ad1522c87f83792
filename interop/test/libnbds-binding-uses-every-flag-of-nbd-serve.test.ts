import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { run } from './support/run.js';
import { COMBINATIONS, serveDisk } from './support/served-disks.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { makeCredentials } from './support/tls-servers.js';

const folder = temporaryFolder();
/** Debian's own, which has the binding. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = new URL('./support/every-flag.py', import.meta.url);

describeWith([[PYTHON, '-c', 'import nbd'], 'psktool'], "libnbd's Python binding", () => {
  beforeAll(() => makeCredentials(folder));

  test.each(COMBINATIONS)('%s over %s', async (kind, transport) => {
    const server = await serveDisk(folder, kind, transport);
    const told = JSON.parse(await run(PYTHON, '-c', await readFile(SCRIPT, 'utf8'), server.uri));
    expect(told).toEqual({
      structured: true,
      tls: transport === 'tls',
      // A file's holes are known if its file system tells of them, and at once only if nothing changes it.
      read: kind === 'memory' ? ['data', 'hole', 'data'] : expect.arrayContaining(['data']),
      unfragmented: ['data'],
      zeroed: expect.arrayContaining(['FUA', 'NO_HOLE', ...(kind === 'memory' ? ['FAST_ZERO'] : [])]),
      status: kind === 'memory' ? [0, 3, 0, 3] : expect.arrayContaining([0]),
      one: 1,
      errors: ['EINVAL', 'ENOSPC', 'EINVAL'],
      inFlight: 64,
    });
    await server.stop();
  });

  test('a read-only export refuses each write with EPERM', async () => {
    const server = await serveDisk(folder, 'memory', 'unix', '--read-only');
    const script = `
import nbd, sys, errno, json
h = nbd.NBD()
h.connect_uri(sys.argv[1])
h.set_strict_mode(0)
told = []
for call in (lambda: h.pwrite(b'x' * 512, 0), lambda: h.trim(512, 0), lambda: h.zero(512, 0)):
    try:
        call()
    except nbd.Error as error:
        told.append(errno.errorcode[error.errnum])
assert h.pread(512, 0) == bytearray(512)
h.shutdown()
print(json.dumps(told))
`;
    expect(JSON.parse(await run(PYTHON, '-c', script, server.uri))).toEqual(['EPERM', 'EPERM', 'EPERM']);
    await server.stop();
  });
});
