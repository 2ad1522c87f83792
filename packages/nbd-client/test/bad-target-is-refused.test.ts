import { NbdClient, type NbdClientOptions } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const [channel] = QIOChannelPair.open();
const cases: [string | NbdClientOptions, string, string][] = [
  ['http://localhost', 'NBD_BAD_URI', '"http://localhost"'],
  ['nbd+unix:///', 'NBD_BAD_URI', '"socket"'],
  ['nbds://localhost?tls-type=anon', 'NBD_TLS_UNSUPPORTED', 'anon'],
  [null as never, 'NBD_BAD_ARGUMENT', 'null is neither a URI nor options'],
  [{}, 'NBD_BAD_ARGUMENT', 'one of uri, address and channel, not 0'],
  [{ uri: 'nbd://localhost', channel }, 'NBD_BAD_ARGUMENT', 'not 2 of them'],
  [{ channel, openTimeoutMs: -1 }, 'NBD_BAD_ARGUMENT', 'openTimeoutMs -1'],
  [{ channel, closeTimeoutMs: Number.NaN }, 'NBD_BAD_ARGUMENT', 'closeTimeoutMs NaN'],
];

test.each(cases)('%o', async (target, code, message) => {
  await expect(NbdClient.connect(target)).rejects.toMatchObject({
    name: 'NbdUsageError',
    code,
    message: expect.stringContaining(message),
  });
});
