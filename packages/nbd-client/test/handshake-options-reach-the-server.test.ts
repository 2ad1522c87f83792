import { NbdClient, type NbdClientOptions } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { against, type NegotiatingOptions } from './support/negotiating-server.js';

const offers: NegotiatingOptions = {
  exports: [{ name: 'disk' }],
  metaContexts: ['base:allocation', 'qemu:allocation-depth'],
};
const base = { name: 'base:allocation' };
const depth = { name: 'qemu:allocation-depth' };

test.each<[string, NbdClientOptions, NegotiatingOptions, object]>([
  ['by default', {}, {}, { structuredReplies: true, extendedHeaders: false, metaContexts: [base] }],
  [
    'extended headers, where they are',
    {},
    { extendedHeaders: true },
    { extendedHeaders: true, metaContexts: [base] },
  ],
  [
    'no extended headers',
    { extendedHeaders: false },
    { extendedHeaders: true },
    { structuredReplies: true, extendedHeaders: false },
  ],
  [
    'neither, and so no contexts',
    { extendedHeaders: false, structuredReplies: false },
    {},
    { structuredReplies: false, metaContexts: [] },
  ],
  ['other contexts', { metaContexts: [depth.name, base.name] }, {}, { metaContexts: [base, depth] }],
  ['one that is not there', { metaContexts: ['x:y', depth.name] }, {}, { metaContexts: [depth] }],
  ['no contexts', { metaContexts: [] }, {}, { metaContexts: [] }],
  ['a server that has none', {}, { metaContexts: [] }, { metaContexts: [] }],
  ['the export', {}, {}, { exportName: 'disk' }],
])('%s', async (_title, client, server, expected) => {
  const { client: outcome, server: served } = await against({ ...offers, ...server }, (channel) =>
    NbdClient.connect({ channel, exportName: 'disk', ...client }),
  );
  expect(outcome.status).toBe('fulfilled');
  expect(served).toMatchObject({ value: { event: { type: 'ready', ...expected } } });
});

test('requestInfo: false asks for no block sizes', async () => {
  const exports = [{ name: 'disk', blockSize: { minimum: 512, preferred: 512, maximum: 65_536 } }];
  const connect = (options: NbdClientOptions) =>
    against({ exports, requireBlockSize: true }, (channel) =>
      NbdClient.connect({ channel, exportName: 'disk', ...options }),
    );
  expect((await connect({})).client.status).toBe('fulfilled');
  expect((await connect({ requestInfo: false })).client).toMatchObject({
    reason: { code: 'NBD_BLOCK_SIZE_REQUIRED' },
  });
});
