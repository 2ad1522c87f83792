import { getEventListeners } from 'node:events';
import { NbdClient, NbdNegotiation } from '@coaio/nbd-client';
import {
  encodeOldstyleGreeting,
  NBD_FLAG_HAS_FLAGS,
  NBD_FLAG_READ_ONLY,
  NBD_FLAG_SEND_DF,
} from '@coaio/nbd-protocol';
import { QIOChannelPair } from '@coaio/qio-channel';
import { describe, expect, test } from 'vitest';
import {
  against,
  clientCredentials,
  type NegotiatingOptions,
  negotiateAsServer,
} from './support/negotiating-server.js';

const disk = { name: 'disk', size: 4096n, flags: NBD_FLAG_SEND_DF };
const metaContexts = ['base:allocation', 'qemu:dirty-bitmap:daily'];
const offers: NegotiatingOptions = { exports: [disk], metaContexts, extendedHeaders: true };
const tls = { policy: 'allow', credentials: clientCredentials, hostname: 'server.test' } as const;

/** A negotiation, and the promise of what it comes to for the server. */
async function opened(options: NegotiatingOptions = offers, client = {}) {
  const [channel, peer] = QIOChannelPair.open();
  const served = negotiateAsServer(peer, options);
  served.catch(() => {});
  return { by: await NbdNegotiation.open({ channel, ...client }), served, peer };
}

test('one by one, up to a client', async () => {
  const { by, served } = await opened();
  expect(by.fixedNewstyle).toBe(true);
  expect(await by.list()).toMatchObject([{ name: 'disk' }]);
  await by.structuredReply();
  expect(await by.listMetaContexts('disk')).toMatchObject(metaContexts.map((name) => ({ name, id: 0 })));
  expect(await by.listMetaContexts('disk', ['base:'])).toMatchObject([{ name: 'base:allocation' }]);
  expect(await by.setMetaContexts('disk', metaContexts.slice(1))).toMatchObject([{ name: metaContexts[1] }]);
  expect(await by.info('disk')).toMatchObject({ size: 4096n, canDf: true });
  const client = await by.go('disk');
  expect(client).toBeInstanceOf(NbdClient);
  expect(client.info.name).toBe('disk');
  expect(client.structuredReplies).toBe(true);
  expect((await served).event).toMatchObject({
    type: 'ready',
    structuredReplies: true,
    metaContexts: [{ name: metaContexts[1] }],
  });
});

test('extended headers', async () => {
  const { by, served } = await opened();
  await by.extendedHeaders();
  await by.abort();
  expect((await served).event).toMatchObject({ type: 'aborted' });
});

test('what is refused leaves another choice', async () => {
  const { by, served } = await opened({ exports: [disk] });
  await expect(by.extendedHeaders()).rejects.toMatchObject({ operation: 'NBD_OPT_EXTENDED_HEADERS' });
  await expect(by.go('tape')).rejects.toMatchObject({ code: 'NBD_EXPORT_UNKNOWN' });
  // The specification wants structured replies first: it is not even sent.
  await expect(by.setMetaContexts('disk', ['base:allocation'])).rejects.toMatchObject({
    code: 'NBD_BAD_ARGUMENT',
  });
  await by.exportName('disk');
  expect((await served).event).toMatchObject({ type: 'ready', exportName: 'disk' });
});

describe('TLS', () => {
  test('when told to, and what was agreed on before is void', async () => {
    const { by, served } = await opened({ ...offers, tls: 'allow' }, { tls });
    await by.structuredReply();
    await by.startTls();
    await expect(by.startTls()).rejects.toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
    const client = await by.go('disk');
    expect(client.structuredReplies).toBe(false);
    expect((await served).event).toMatchObject({ tls: true, structuredReplies: false });
  });

  test('from the start where it is required', async () => {
    const { by } = await opened({ ...offers, tls: 'require' }, { tls: { ...tls, policy: 'require' } });
    expect(await by.list()).toMatchObject([{ name: 'disk' }]);
    await by.abort();
  });

  test('a server without it leaves the choice', async () => {
    const { by } = await opened(offers, { tls });
    await expect(by.startTls()).rejects.toMatchObject({ name: 'NbdOptionRefusedError' });
    expect(await by.list()).toMatchObject([{ name: 'disk' }]);
    await by.abort();
  });

  test('a peer that is not believed ends it', async () => {
    const { by } = await opened({ ...offers, tls: 'allow' }, { tls: { ...tls, hostname: 'other' } });
    await expect(by.startTls()).rejects.toMatchObject({
      code: 'NBD_TLS_HOSTNAME',
      operation: 'NBD_OPT_STARTTLS',
    });
    await expect(by.list()).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  });

  test('not without having been told how', async () => {
    const { by } = await opened();
    await expect(by.startTls()).rejects.toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
    await by.abort();
  });
});

describe('misuse', () => {
  test('after go', async () => {
    const { by } = await opened();
    await by.go('disk');
    for (const call of [by.list(), by.go('disk'), by.startTls.call(by).catch(() => by.info('disk'))]) {
      await expect(call).rejects.toMatchObject({
        code: 'NBD_CLOSED',
        message: expect.stringContaining('it has become a client'),
      });
    }
    // The client's connection is none of its business.
    await by.abort();
  });

  test('after abort, which may come again', async () => {
    const { by } = await opened();
    await by.abort();
    await by.abort();
    await expect(by.structuredReply()).rejects.toMatchObject({
      code: 'NBD_CLOSED',
      message: 'NBD_OPT_STRUCTURED_REPLY: the negotiation is over: abort() was called',
    });
  });

  test('two at once', async () => {
    const { by } = await opened();
    const first = by.list();
    await expect(by.info('disk')).rejects.toMatchObject({ code: 'NBD_BUSY', operation: 'NBD_OPT_INFO' });
    expect(await first).toHaveLength(1);
    await by.abort();
  });
});

test('aborted while an option is unanswered, or by the signal between two: the connection is ended', async () => {
  const [channel, peer] = QIOChannelPair.open();
  const opening = NbdNegotiation.open({ channel });
  await peer.promises.writevAll([Buffer.from('4e42444d41474943' + '49484156454f5054' + '0003', 'hex')]);
  const by = await opening;
  const asked = by.list();
  await by.abort();
  await expect(asked).rejects.toMatchObject({
    code: 'NBD_CLOSED',
    message: 'NBD_OPT_LIST: the negotiation is over: abort() was called',
  });

  const controller = new AbortController();
  const { signal } = controller;
  const { by: other, served } = await opened(offers, { signal });
  controller.abort(new Error('enough'));
  expect((await served).event).toBe(null);
  await expect(other.list()).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an oldstyle server has one export to go to, and nothing to ask', async () => {
  const [channel, peer] = QIOChannelPair.open();
  await peer.promises.writevAll([
    encodeOldstyleGreeting({ size: 8192n, flags: NBD_FLAG_HAS_FLAGS | NBD_FLAG_READ_ONLY }),
  ]);
  const by = await NbdNegotiation.open({ channel });
  expect(by.fixedNewstyle).toBe(false);
  await expect(by.list()).rejects.toMatchObject({ code: 'NBD_UNSUPPORTED', operation: 'NBD_OPT_LIST' });
  await expect(by.go('disk')).rejects.toMatchObject({ code: 'NBD_UNSUPPORTED' });
  expect((await by.go('')).info).toMatchObject({ size: 8192n, readOnly: true });
});

test('a server of the first newstyle knows EXPORT_NAME alone', async () => {
  const { by, served } = await opened({ exports: [disk], handshakeFlags: 0 });
  expect(by.fixedNewstyle).toBe(false);
  await expect(by.go('disk')).rejects.toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
  expect((await by.exportName('disk')).info.size).toBe(4096n);
  expect((await served).event).toMatchObject({ type: 'ready' });
});

test('a server that requires TLS says so to each option', async () => {
  const { client } = await against({ ...offers, tls: 'require' }, async (channel) => {
    await using by = await NbdNegotiation.open({ channel });
    return await by.list();
  });
  expect(client).toMatchObject({ reason: { code: 'NBD_TLS_REQUIRED' } });
});
