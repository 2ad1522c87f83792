import {
  MAX_META_CONTEXTS,
  NBD_OPT_ABORT,
  NBD_OPT_EXTENDED_HEADERS,
  NBD_OPT_LIST_META_CONTEXT,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_ERR_EXT_HEADER_REQD,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_TOO_BIG,
  NBD_REP_ERR_UNKNOWN,
  NBD_REP_META_CONTEXT,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { describe, expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { CONTEXTS, directoryWithContexts } from './support/handshake-pair.js';
import {
  concat,
  greeting,
  metaContext,
  metaContextData,
  option,
  optionReply,
  text,
  u32,
} from './support/wire.js';

const [ALLOCATION, BITMAP, WIDE] = CONTEXTS;
const make = (): ServerHandshake =>
  new ServerHandshake({ directory: directoryWithContexts(), extendedHeaders: true });

/** What comes after the answers to `before`, and before that to NBD_OPT_ABORT. */
function answers(before: readonly number[], asked: Uint8Array): Uint8Array {
  const bytes = concat(u32(3), ...before.map((number) => option(number)), asked, option(NBD_OPT_ABORT));
  const { outgoing, events } = playThreeWays(bytes, make);
  expect(events).toEqual([{ type: 'aborted' }]);
  return outgoing.subarray(greeting(3).length + before.length * 20, -20);
}

const context = (number: number, id: number, name: string): Uint8Array =>
  optionReply(number, NBD_REP_META_CONTEXT, metaContext(id, name));
const wideText = text('some of these metadata contexts need extended headers');

describe('listed', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['all without a query', [], CONTEXTS],
    ['one by its name', [BITMAP], [BITMAP]],
    ['a namespace', ['base:'], [ALLOCATION]],
    ['a namespace and part of a leaf-name', ['qemu:dirty-bitmap:'], [BITMAP]],
    ['each once', ['base:', ALLOCATION, ALLOCATION], [ALLOCATION]],
    ['none of an unknown namespace', ['x-who:', 'x-who:what'], []],
    ['none of an unknown leaf-name', ['base:what'], []],
  ])('%s', (_, queries, names) => {
    const asked = option(NBD_OPT_LIST_META_CONTEXT, metaContextData('disk', queries));
    expect(answers([NBD_OPT_EXTENDED_HEADERS], asked)).toEqual(
      concat(
        ...names.map((name) => context(NBD_OPT_LIST_META_CONTEXT, 0, name)),
        optionReply(NBD_OPT_LIST_META_CONTEXT, NBD_REP_ACK),
      ),
    );
  });

  test('wide ones with the hint that they need extended headers', () => {
    const asked = option(NBD_OPT_LIST_META_CONTEXT, metaContextData('disk', [ALLOCATION, WIDE]));
    expect(answers([NBD_OPT_STRUCTURED_REPLY], asked)).toEqual(
      concat(
        context(NBD_OPT_LIST_META_CONTEXT, 0, ALLOCATION),
        context(NBD_OPT_LIST_META_CONTEXT, 0, WIDE),
        optionReply(NBD_OPT_LIST_META_CONTEXT, NBD_REP_ERR_EXT_HEADER_REQD, wideText),
      ),
    );
  });
});

describe('selected', () => {
  test.each<[string, number, readonly string[], readonly (readonly [number, string])[]]>([
    ['by name', NBD_OPT_STRUCTURED_REPLY, [BITMAP], [[1, BITMAP]]],
    ['none without a query', NBD_OPT_STRUCTURED_REPLY, [], []],
    ['none by a namespace', NBD_OPT_STRUCTURED_REPLY, ['base:', 'qemu:dirty-bitmap:'], []],
    ['no wide one without extended headers', NBD_OPT_STRUCTURED_REPLY, [ALLOCATION, WIDE], [[0, ALLOCATION]]],
    [
      'wide ones with extended headers',
      NBD_OPT_EXTENDED_HEADERS,
      [ALLOCATION, WIDE],
      [
        [0, ALLOCATION],
        [2, WIDE],
      ],
    ],
  ])('%s', (_, before, queries, contexts) => {
    const asked = option(NBD_OPT_SET_META_CONTEXT, metaContextData('disk', queries));
    expect(answers([before], asked)).toEqual(
      concat(
        ...contexts.map(([id, name]) => context(NBD_OPT_SET_META_CONTEXT, id, name)),
        optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_ACK),
      ),
    );
  });

  test('nothing before structured replies', () => {
    const asked = option(NBD_OPT_SET_META_CONTEXT, metaContextData('disk', [ALLOCATION]));
    const words = text('negotiate structured replies or extended headers first');
    expect(answers([], asked)).toEqual(optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_ERR_INVALID, words));
  });
});

describe.each([NBD_OPT_LIST_META_CONTEXT, NBD_OPT_SET_META_CONTEXT])(
  'option %i, refused in step',
  (number) => {
    const name = concat(u32(4), text('disk'));
    test.each<[string, Uint8Array, number, string]>([
      ['no data', text(''), NBD_REP_ERR_INVALID, '0 bytes of data end before the export name'],
      ['7 bytes', new Uint8Array(7), NBD_REP_ERR_INVALID, '7 bytes of data end before the export name'],
      [
        'a name of 4 GiB',
        concat(u32(0xffffffff), u32(0)),
        NBD_REP_ERR_INVALID,
        'export name of 4294967295 bytes, room for 0',
      ],
      ['a query missing', concat(name, u32(1)), NBD_REP_ERR_INVALID, '12 bytes of data end before the query'],
      [
        'a query beyond the data',
        concat(name, u32(1), u32(4), text('a:b')),
        NBD_REP_ERR_INVALID,
        'query of 4 bytes, room for 3',
      ],
      [
        'data after the last query',
        concat(name, u32(0), text('abc')),
        NBD_REP_ERR_INVALID,
        '3 bytes of data after the last query',
      ],
      [
        'a query over 4096 bytes',
        metaContextData('disk', [`a:${'b'.repeat(4095)}`]),
        NBD_REP_ERR_INVALID,
        'request: query of 4097 bytes exceeds the limit of 4096',
      ],
      [
        'a query without a namespace',
        metaContextData('disk', ['allocation']),
        NBD_REP_ERR_INVALID,
        'a query does not start with a namespace and a colon',
      ],
      [
        'too many queries',
        concat(name, u32(MAX_META_CONTEXTS + 1)),
        NBD_REP_ERR_TOO_BIG,
        '1025 queries exceed the limit of 1024',
      ],
      ['no such export', metaContextData('nope', []), NBD_REP_ERR_UNKNOWN, 'there is no export "nope"'],
    ])('%s', (_, data, reply, words) => {
      expect(answers([NBD_OPT_STRUCTURED_REPLY], option(number, data))).toEqual(
        optionReply(number, reply, text(words)),
      );
    });
  },
);

test('more contexts than a client would take are too big', () => {
  const many = Array.from({ length: MAX_META_CONTEXTS + 1 }, (_, index) => ({ name: `x-many:${index}` }));
  const directory = { ...directoryWithContexts(), metaContexts: () => many };
  const server = new ServerHandshake({ directory });
  server.takeOutgoing();
  server.receive(concat(u32(3), option(NBD_OPT_LIST_META_CONTEXT, metaContextData('disk', []))));
  server.nextEvent();
  const words = text('1025 metadata contexts exceed the limit of 1024');
  expect(server.takeOutgoing()).toEqual(optionReply(NBD_OPT_LIST_META_CONTEXT, NBD_REP_ERR_TOO_BIG, words));
});
