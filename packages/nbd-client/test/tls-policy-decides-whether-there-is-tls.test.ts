import { NbdClient, type NbdTlsOptions, type NbdTlsPolicy } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { against, clientCredentials, type NegotiatingOptions } from './support/negotiating-server.js';

const trusting: NbdTlsOptions = { credentials: clientCredentials, hostname: 'server.test' };

test.each<[NbdTlsPolicy | undefined, NbdTlsPolicy, boolean | string]>([
  [undefined, 'require', true],
  [undefined, 'allow', true],
  [undefined, 'disable', 'NBD_TLS_UNAVAILABLE'],
  ['require', 'disable', 'NBD_TLS_UNAVAILABLE'],
  ['allow', 'require', true],
  ['allow', 'allow', true],
  ['allow', 'disable', false],
  ['disable', 'require', 'NBD_TLS_REQUIRED'],
  ['disable', 'allow', false],
  ['disable', 'disable', false],
])('client %s, server %s: %s', async (client, server, expected) => {
  const tls = client === undefined ? trusting : { ...trusting, policy: client };
  const outcome = await against({ tls: server }, (channel) => NbdClient.connect({ channel, tls }));
  if (typeof expected === 'string') {
    expect(outcome.client).toMatchObject({ status: 'rejected', reason: { code: expected, fault: 'server' } });
  } else {
    expect(outcome.client.status).toBe('fulfilled');
    expect(outcome.server).toMatchObject({ value: { event: { type: 'ready', tls: expected } } });
  }
});

test.each<[string, NegotiatingOptions]>([
  ['an old server, which cannot even be asked', { handshakeFlags: 0 }],
  ['a server that drops TLS', { tls: 'disable' }],
])('required TLS is not given up for %s', async (_title, options) => {
  const outcome = await against(options, (channel) => NbdClient.connect({ channel, tls: trusting }));
  expect(outcome.client).toMatchObject({ reason: { code: 'NBD_TLS_UNAVAILABLE' } });
  expect(outcome.server).not.toMatchObject({ value: { event: { type: 'ready' } } });
});

test('plain text that follows the answer to STARTTLS is nobody’s, and ends the handshake', async () => {
  const injected = Buffer.from('a reply that was put there');
  for (const policy of ['require', 'allow'] as const) {
    const outcome = await against({ tls: 'require', injected }, (channel) =>
      NbdClient.connect({ channel, tls: { ...trusting, policy } }),
    );
    expect(outcome.client).toMatchObject({
      reason: { code: 'NBD_TLS_INJECTION', fault: 'peer', operation: 'NBD_OPT_STARTTLS' },
    });
  }
});
