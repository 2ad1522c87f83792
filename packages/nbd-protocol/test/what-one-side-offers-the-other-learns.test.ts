import {
  type ExportFacts,
  exportInfoFromFlags,
  NBD_FLAG_BLOCK_STATUS_PAYLOAD,
  NBD_FLAG_SEND_DF,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directoryOf, eventOf, shakeHands } from './support/handshake-pair.js';

// Every codec of option data, there and back: names, descriptions, sizes, block sizes, contexts, in pieces of any size.

// What is for people to read has its control characters replaced on the way; here there are none.
const words = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .filter((text) => !/[\p{C}\p{Z}]/u.test(text));
const blockSize = fc
  .tuple(fc.nat(16), fc.integer({ min: 9, max: 20 }), fc.integer({ min: 20, max: 31 }))
  .map(([minimum, preferred, maximum]) => ({
    minimum: 2 ** minimum,
    preferred: 2 ** Math.max(minimum, preferred),
    maximum: 2 ** maximum,
  }));
const facts: fc.Arbitrary<ExportFacts> = fc.record({
  name: words,
  description: fc.option(words, { nil: undefined }),
  size: fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }),
  flags: fc.nat(0xffff),
  blockSize,
});
const exports = fc.uniqueArray(facts, { minLength: 1, maxLength: 5, selector: ({ name }) => name });
const contexts = fc.uniqueArray(
  words.map((name) => `x-${name.replaceAll(':', '')}:${name}`),
  { maxLength: 6 },
);
const split = fc.integer({ min: 1, max: 200 });
const RUNS = { numRuns: 300 };

test('a list: names and descriptions', () => {
  fc.assert(
    fc.property(exports, split, (offered, size) => {
      const { clientEvents } = shakeHands({ goal: 'list' }, { directory: directoryOf(...offered) }, size);
      const expected = offered.map(({ name, description }) =>
        description === undefined ? { name } : { name, description },
      );
      expect(eventOf(clientEvents, 'list').exports).toEqual(expected);
    }),
    RUNS,
  );
});

test('an export and its contexts', () => {
  fc.assert(
    fc.property(exports, contexts, fc.boolean(), split, (offered, names, extendedHeaders, size) => {
      const [first] = offered as [ExportFacts];
      const directory = {
        ...directoryOf(...offered),
        metaContexts: () => names.map((name) => ({ name })),
      };
      const wanted = names.filter((_, index) => index % 2 === 0);
      const { clientEvents, serverEvents } = shakeHands(
        { goal: 'go', exportName: first.name, metaContexts: wanted, extendedHeaders },
        { directory, extendedHeaders: true },
        size,
      );
      const ready = eventOf(clientEvents, 'ready');
      const payload = extendedHeaders && wanted.length > 0 ? 0 : NBD_FLAG_BLOCK_STATUS_PAYLOAD;
      expect(ready.export).toEqual(exportInfoFromFlags({ ...first, flags: first.flags & ~payload }));
      expect(ready.export.canDf).toBe((first.flags & NBD_FLAG_SEND_DF) !== 0);
      expect(ready.metaContexts.map(({ name }) => name)).toEqual(wanted);
      expect(ready.metaContexts).toEqual(eventOf(serverEvents, 'ready').metaContexts);
      expect(ready.extendedHeaders).toBe(extendedHeaders);
    }),
    RUNS,
  );
});
