import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import {
  encodeOldstyleGreeting,
  NBD_FLAG_HAS_FLAGS,
  NBD_FLAG_READ_ONLY,
  NBD_FLAG_SEND_DF,
  NBD_FLAG_SEND_TRIM,
} from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelPair } from '@coaio/qio-channel';
import { describe, expect, test } from 'vitest';
import { against, clientCredentials, type NegotiatingOptions } from './support/negotiating-server.js';

const blockSize = { minimum: 512, preferred: 4096, maximum: 1 << 20 };
const disk = { name: 'disk', description: 'a disk', size: 4096n, flags: NBD_FLAG_SEND_DF, blockSize };
const tape = { name: 'tape', size: 512n, flags: NBD_FLAG_READ_ONLY | NBD_FLAG_SEND_TRIM };
const metaContexts = ['base:allocation', 'qemu:dirty-bitmap:daily'];
const two: NegotiatingOptions = { exports: [disk, tape], metaContexts };

describe('list', () => {
  test('names and descriptions', async () => {
    const { client, server } = await against(two, (channel) => NbdClient.list({ channel }));
    expect(client).toMatchObject({ value: [{ name: 'disk', description: 'a disk' }, { name: 'tape' }] });
    expect(server).toMatchObject({ value: { event: { type: 'aborted' } } });
  });

  test('and all that there is to know', async () => {
    const { client, server } = await against(two, (channel) =>
      NbdClient.list({ channel }, { describe: true }),
    );
    expect(client).toMatchObject({
      value: [
        {
          name: 'disk',
          description: 'a disk',
          info: { size: 4096n, canDf: true, blockSize: { ...blockSize, advertised: true } },
          metaContexts,
        },
        { name: 'tape', info: { size: 512n, readOnly: true, canTrim: true }, metaContexts },
      ],
    });
    expect(server).toMatchObject({ value: { event: { type: 'aborted' } } });
  });

  test('an export out of reach keeps no other from being described', async () => {
    const strict = { ...two, requireBlockSize: true };
    const { client } = await against(strict, (channel) =>
      NbdClient.list({ channel, requestInfo: false }, { describe: true }),
    );
    expect(client).toMatchObject({
      value: [
        { name: 'disk', metaContexts: [], error: { code: 'NBD_BLOCK_SIZE_REQUIRED', exportName: 'disk' } },
        { name: 'tape', info: { size: 512n } },
      ],
    });
  });

  test('inside TLS', async () => {
    const tls = { credentials: clientCredentials, hostname: 'server.test' };
    const { client } = await against({ ...two, tls: 'require' }, (channel) =>
      NbdClient.list({ channel, tls }, { describe: true }),
    );
    expect(client).toMatchObject({ value: [{ name: 'disk' }, { name: 'tape' }] });
  });
});

describe('info', () => {
  test('an export and its contexts', async () => {
    const { client, server } = await against({ ...two, extendedHeaders: true }, (channel) =>
      NbdClient.info({ channel, exportName: 'disk' }),
    );
    expect(client).toMatchObject({
      value: {
        export: { name: 'disk', size: 4096n, canDf: true },
        metaContexts,
        structuredReplies: true,
        extendedHeaders: true,
        fixedNewstyle: true,
        tls: false,
      },
    });
    expect(server).toMatchObject({ value: { event: { type: 'aborted' } } });
  });

  test('a server without either kind of chunks', async () => {
    const { client } = await against({ exports: [disk], structuredReplies: false }, (channel) =>
      NbdClient.info({ channel, exportName: 'disk' }),
    );
    const plain = { structuredReplies: false, extendedHeaders: false, export: { canDf: false } };
    expect(client).toMatchObject({ value: plain });
  });

  test('an export that is not there', async () => {
    const { client } = await against(two, (channel) => NbdClient.info({ channel, exportName: 'drum' }));
    expect(client).toMatchObject({ reason: { code: 'NBD_EXPORT_UNKNOWN', exportName: 'drum' } });
  });

  test('an oldstyle server', async () => {
    const [channel, server] = QIOChannelPair.open();
    await server.promises.writevAll([
      encodeOldstyleGreeting({ size: 8192n, flags: NBD_FLAG_HAS_FLAGS | NBD_FLAG_READ_ONLY }),
    ]);
    const description = await NbdClient.info({ channel });
    expect(description).toMatchObject({
      export: { name: '', size: 8192n, readOnly: true },
      metaContexts: [],
      fixedNewstyle: false,
    });
    expect(await coRun(() => server.readv([new Uint8Array(1)]))).toBe(0);
  });
});

test('a server that is not fixed newstyle tells nothing', async () => {
  const asked: ((channel: QIOChannel) => Promise<unknown>)[] = [
    (channel) => NbdClient.list({ channel }),
    (channel) => NbdClient.list({ channel }, { describe: true }),
    (channel) => NbdClient.info({ channel }),
  ];
  for (const ask of asked) {
    const { client } = await against({ handshakeFlags: 0 }, ask);
    expect(client).toMatchObject({ reason: { code: 'NBD_UNSUPPORTED', fault: 'server' } });
  }
});
