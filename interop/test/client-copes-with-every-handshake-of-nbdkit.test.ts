import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { answers } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** For nbdkit-eval-plugin: $3 is the count, $4 the offset. */
const FAIL_FROM_8192 =
  'if [ "$4" -ge 8192 ]; then echo "EIO bad sector" >&2; exit 1; fi; head -c "$3" /dev/zero';

describeWith(['nbdkit'], 'nbdkit', () => {
  const folder = temporaryFolder();
  let started = 0;

  async function withNbdkit(args: string[], body: (uri: string) => Promise<void>): Promise<void> {
    const path = `${folder}/${++started}.sock`;
    const child = spawn('nbdkit', ['-f', '-U', path, ...args], { stdio: ['ignore', 'ignore', 'ignore'] });
    const exited = once(child, 'exit');
    await answers(path, () => child.exitCode);
    try {
      await body(`nbd+unix:///?socket=${path}`);
    } finally {
      child.kill();
      await exited;
    }
  }

  test.each([
    ['newstyle, not fixed: EXPORT_NAME is all there is', ['--mask-handshake=0']],
    ['fixed newstyle without NO_ZEROES', ['--mask-handshake=1']],
    ['no structured replies', ['--no-sr']],
    ['oldstyle: no handshake at all', ['--oldstyle']],
  ])('%s', async (_title, args) => {
    await withNbdkit([...args, 'pattern', '1M'], async (uri) => {
      await using client = await NbdClient.connect(uri);
      // nbdkit-pattern-plugin: each 8 bytes hold their own offset.
      const data = await client.read(4096, 4096);
      for (let at = 0; at < 4096; at += 8) expect(data.readBigUInt64BE(at)).toBe(BigInt(4096 + at));
    });
  });

  test('a failing sector fails alone', async () => {
    await withNbdkit(['eval', 'get_size=echo 1048576', `pread=${FAIL_FROM_8192}`], async (uri) => {
      await using client = await NbdClient.connect(uri);
      const outcomes = await Promise.allSettled([
        client.read(0, 512),
        client.read(8192, 512),
        client.read(512, 512),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(outcomes[1]).toMatchObject({ reason: { code: 'NBD_SERVER_ERROR', errno: 'EIO', offset: 8192 } });
    });
  });

  test('TLS that the server requires is a clear refusal', async () => {
    await withNbdkit(['--tls=require', '--tls-psk=/dev/null', 'memory', '1M'], async (uri) => {
      await expect(NbdClient.connect(uri)).rejects.toMatchObject({ code: 'NBD_TLS_REQUIRED' });
    });
  });

  test('an export larger than 2^53', async () => {
    await withNbdkit(['pattern', String(2n ** 62n)], async (uri) => {
      await using client = await NbdClient.connect(uri);
      expect(client.info.size).toBe(2n ** 62n);
      const offset = 2n ** 61n + 16n;
      expect((await client.read(offset, 8)).readBigUInt64BE()).toBe(offset);
    });
  });
});
