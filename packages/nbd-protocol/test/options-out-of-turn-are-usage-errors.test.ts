import {
  ClientHandshake,
  type ClientOption,
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_EXTENDED_HEADERS,
  NBD_OPT_GO,
  NBD_OPT_LIST,
  NBD_OPT_LIST_META_CONTEXT,
  NBD_OPT_PEEK_EXPORT,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STARTTLS,
  NBD_REP_ACK,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';
import { concat, greeting, optionReply } from './support/wire.js';

function negotiating(flags = 3): ClientHandshake {
  const client = new ClientHandshake({ goal: 'options' });
  client.receive(greeting(flags));
  expect(client.nextEvent()).toMatchObject({ type: 'negotiating' });
  client.takeOutgoing();
  return client;
}

/** Nothing is sent, and the next question is as good as if this one had not been asked. */
function refuses(client: ClientHandshake, option: ClientOption, words: string): void {
  expect(thrown(() => client.ask(option))).toMatchObject({
    code: 'NBD_BAD_ARGUMENT',
    fault: 'caller',
    message: expect.stringContaining(words),
  });
  expect(client.takeOutgoing()).toHaveLength(0);
}

test.each<[string, ClientOption, string]>([
  [
    'an option that was withdrawn',
    { option: NBD_OPT_PEEK_EXPORT } as unknown as ClientOption,
    'NBD_OPT_PEEK_EXPORT: no option',
  ],
  [
    'contexts without chunks',
    { option: NBD_OPT_SET_META_CONTEXT, exportName: '', queries: [] },
    'NBD_OPT_SET_META_CONTEXT: negotiate structured replies',
  ],
  [
    'a query without a namespace',
    { option: NBD_OPT_LIST_META_CONTEXT, exportName: '', queries: ['allocation'] },
    'metadata context "allocation" does not start with a namespace',
  ],
  [
    'a query over 4096 bytes',
    { option: NBD_OPT_LIST_META_CONTEXT, exportName: '', queries: [`a:${'x'.repeat(4096)}`] },
    '4098 bytes exceed',
  ],
  [
    'too many queries',
    { option: NBD_OPT_LIST_META_CONTEXT, exportName: '', queries: new Array(1025).fill('a:b') },
    '1025 metadata contexts exceed',
  ],
  ['a name with a NUL', { option: NBD_OPT_GO, exportName: 'a\0' }, 'NUL'],
  ['a name over 4096 bytes', { option: NBD_OPT_EXPORT_NAME, exportName: 'x'.repeat(4097) }, '4097 bytes'],
])('%s', (_, option, words) => {
  const client = negotiating();
  refuses(client, option, words);
  client.ask({ option: NBD_OPT_LIST });
  expect(client.takeOutgoing()).toHaveLength(16);
});

test('a second question before the answer to the first', () => {
  const client = negotiating();
  client.ask({ option: NBD_OPT_LIST });
  client.takeOutgoing();
  refuses(client, { option: NBD_OPT_LIST }, 'one option at a time');
});

test('TLS in TLS, and a question before the event', () => {
  const client = negotiating();
  client.ask({ option: NBD_OPT_STARTTLS });
  client.receive(optionReply(NBD_OPT_STARTTLS, NBD_REP_ACK));
  expect(client.nextEvent()).toEqual({ type: 'starttls' });
  client.takeOutgoing();
  refuses(client, { option: NBD_OPT_LIST }, 'not in state tls-handshake');
  client.tlsStarted();
  refuses(client, { option: NBD_OPT_LIST }, 'one option at a time');
  expect(client.nextEvent()).toMatchObject({ type: 'negotiating', tls: true });
  refuses(client, { option: NBD_OPT_STARTTLS }, 'TLS has already been started');
});

test('NBD_OPT_EXPORT_NAME with extended headers', () => {
  const client = negotiating();
  client.ask({ option: NBD_OPT_EXTENDED_HEADERS });
  client.receive(optionReply(NBD_OPT_EXTENDED_HEADERS, NBD_REP_ACK));
  client.nextEvent();
  client.takeOutgoing();
  refuses(client, { option: NBD_OPT_EXPORT_NAME, exportName: '' }, 'use NBD_OPT_GO');
});

test('anything but the export name where the server is not fixed newstyle', () => {
  refuses(negotiating(2), { option: NBD_OPT_LIST }, 'NBD_OPT_EXPORT_NAME alone');
});

test('another goal negotiates by itself', () => {
  const client = new ClientHandshake({ goal: 'go' });
  client.receive(greeting());
  expect(client.nextEvent()).toBe(NEED_MORE);
  client.takeOutgoing();
  refuses(client, { option: NBD_OPT_LIST }, 'not in state structured-reply');
});

test('a server that speaks without being asked broke the specification', () => {
  const client = negotiating();
  client.receive(concat(optionReply(NBD_OPT_LIST, NBD_REP_ACK)));
  expect(thrown(() => client.nextEvent())).toMatchObject({
    code: 'NBD_BAD_OPTION_REPLY',
    message: 'handshake: 20 bytes from the server while no option was under way',
  });
});

test.each([['allocation'], ['x'.repeat(5000)]])('metaContexts of the constructor are checked', (name) => {
  expect(thrown(() => new ClientHandshake({ goal: 'go', metaContexts: [name] }))).toMatchObject({
    code: 'NBD_BAD_ARGUMENT',
  });
});
