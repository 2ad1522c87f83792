import {
  ClientHandshake,
  type ClientHandshakeEvent,
  type ClientOption,
  exportInfoFromFlags,
  NBD_OPT_ABORT,
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_EXTENDED_HEADERS,
  NBD_OPT_GO,
  NBD_OPT_INFO,
  NBD_OPT_LIST,
  NBD_OPT_LIST_META_CONTEXT,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STARTTLS,
  NBD_OPT_STRUCTURED_REPLY,
  NEED_MORE,
  type NeedMore,
  ServerHandshake,
  type ServerHandshakeOptions,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { CONTEXTS, DISK, directoryWithContexts } from './support/handshake-pair.js';

const directory = directoryWithContexts();

/** A client that negotiates by hand with a server of ours. */
class Haggle {
  readonly client: ClientHandshake;
  readonly server: ServerHandshake;

  constructor(options: Partial<ServerHandshakeOptions> = {}, tls: 'disable' | 'allow' = 'disable') {
    this.client = new ClientHandshake({ goal: 'options', tls });
    this.server = new ServerHandshake({ directory, extendedHeaders: true, ...options });
  }

  ask(option: ClientOption): ClientHandshakeEvent | NeedMore {
    this.client.ask(option);
    return this.talk();
  }

  /** To the client's next event, or until nobody has anything to say. */
  talk(): ClientHandshakeEvent | NeedMore {
    for (;;) {
      const event = this.client.nextEvent();
      if (event !== NEED_MORE) return event;
      const toServer = this.client.takeOutgoing();
      if (toServer.length > 0) {
        this.server.receive(toServer);
        const serverEvent = this.server.nextEvent();
        if (serverEvent !== NEED_MORE && serverEvent.type === 'starttls') this.server.tlsStarted();
      }
      const toClient = this.server.takeOutgoing();
      if (toServer.length + toClient.length === 0) return NEED_MORE;
      this.client.receive(toClient);
    }
  }
}

test('all of them, in one session', () => {
  const haggle = new Haggle({ tls: 'allow' });
  expect(haggle.talk()).toEqual({ type: 'negotiating', fixedNewstyle: true, tls: false });
  expect(haggle.ask({ option: NBD_OPT_STARTTLS })).toEqual({ type: 'starttls' });
  haggle.client.tlsStarted();
  expect(haggle.talk()).toEqual({ type: 'negotiating', fixedNewstyle: true, tls: true });
  expect(haggle.ask({ option: NBD_OPT_LIST })).toMatchObject({
    type: 'list',
    exports: [{ name: 'disk' }, { name: 'other' }],
  });
  // Twice: a list starts anew.
  expect(haggle.ask({ option: NBD_OPT_LIST })).toMatchObject({ exports: { length: 2 } });
  const structured = haggle.ask({ option: NBD_OPT_STRUCTURED_REPLY });
  expect(structured).toEqual({ type: 'accepted', option: NBD_OPT_STRUCTURED_REPLY });
  const extended = haggle.ask({ option: NBD_OPT_EXTENDED_HEADERS });
  expect(extended).toEqual({ type: 'accepted', option: NBD_OPT_EXTENDED_HEADERS });
  expect(haggle.ask({ option: NBD_OPT_LIST_META_CONTEXT, exportName: 'disk', queries: [] })).toEqual({
    type: 'meta-contexts',
    option: NBD_OPT_LIST_META_CONTEXT,
    contexts: CONTEXTS.map((name) => ({ id: 0, name })),
  });
  expect(
    haggle.ask({ option: NBD_OPT_SET_META_CONTEXT, exportName: 'disk', queries: [CONTEXTS[1]] }),
  ).toEqual({
    type: 'meta-contexts',
    option: NBD_OPT_SET_META_CONTEXT,
    contexts: [{ id: 1, name: CONTEXTS[1] }],
  });
  expect(haggle.ask({ option: NBD_OPT_INFO, exportName: 'other' })).toMatchObject({
    type: 'info',
    export: { name: 'other' },
    metaContexts: [],
  });
  const missing = haggle.ask({ option: NBD_OPT_GO, exportName: 'missing' });
  expect(missing).toMatchObject({ type: 'refused', error: { code: 'NBD_EXPORT_UNKNOWN' } });
  expect(haggle.ask({ option: NBD_OPT_GO, exportName: 'disk', requestInfo: false })).toMatchObject({
    type: 'ready',
    tls: true,
    extendedHeaders: true,
    metaContexts: [{ id: 1, name: CONTEXTS[1] }],
    export: { size: exportInfoFromFlags(DISK).size },
  });
  expect(haggle.client.finished && haggle.server.finished).toBe(true);
});

test('each refusal is an answer, and the next question may follow', () => {
  const haggle = new Haggle({ structuredReplies: false, extendedHeaders: false });
  haggle.talk();
  for (const option of [NBD_OPT_STARTTLS, NBD_OPT_STRUCTURED_REPLY, NBD_OPT_EXTENDED_HEADERS] as const) {
    expect(haggle.ask({ option })).toMatchObject({
      type: 'refused',
      error: { code: 'NBD_UNSUPPORTED', option },
    });
  }
  expect(haggle.ask({ option: NBD_OPT_EXPORT_NAME, exportName: 'disk' })).toMatchObject({ type: 'ready' });
});

test('NBD_OPT_ABORT leaves', () => {
  const haggle = new Haggle();
  haggle.talk();
  expect(haggle.ask({ option: NBD_OPT_ABORT })).toBe(NEED_MORE);
  expect(haggle.client.finished && haggle.server.finished).toBe(true);
});

test('a server that shuts down is left, whatever was asked', () => {
  const haggle = new Haggle();
  haggle.talk();
  haggle.server.shutdown();
  expect(haggle.ask({ option: NBD_OPT_LIST })).toMatchObject({
    type: 'refused',
    error: { code: 'NBD_SHUTDOWN' },
  });
  expect(haggle.talk()).toBe(NEED_MORE);
  expect(haggle.client.finished && haggle.server.finished).toBe(true);
});

test('policy allow settles TLS before the first question', () => {
  const inside = new Haggle({ tls: 'require' }, 'allow');
  expect(inside.talk()).toEqual({ type: 'starttls' });
  inside.client.tlsStarted();
  expect(inside.talk()).toEqual({ type: 'negotiating', fixedNewstyle: true, tls: true });
  const outside = new Haggle({ tls: 'disable' }, 'allow');
  expect(outside.talk()).toEqual({ type: 'negotiating', fixedNewstyle: true, tls: false });
});

test('a server that is not fixed newstyle takes the export name, or is left without a word', () => {
  const open = new Haggle({ handshakeFlags: 0 });
  expect(open.talk()).toEqual({ type: 'negotiating', fixedNewstyle: false, tls: false });
  expect(open.ask({ option: NBD_OPT_EXPORT_NAME, exportName: 'disk' })).toMatchObject({ type: 'ready' });
  const left = new Haggle({ handshakeFlags: 0 });
  left.talk();
  left.client.takeOutgoing();
  left.client.ask({ option: NBD_OPT_ABORT });
  expect(left.client.finished).toBe(true);
  expect(left.client.takeOutgoing()).toHaveLength(0);
});
