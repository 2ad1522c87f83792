import { NBD_FLAG_HAS_FLAGS, NBD_OPT_LIST, NEED_MORE, ServerHandshake } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';
import { DISK, directoryOf } from './support/handshake-pair.js';
import { concat, option, u32 } from './support/wire.js';

test.each([
  [undefined, 1024],
  [3, 3],
])('maxOptions %s allows %i options', (maxOptions, limit) => {
  const server = new ServerHandshake({
    directory: directoryOf(DISK),
    ...(maxOptions === undefined ? {} : { maxOptions }),
  });
  server.receive(u32(3));
  for (let i = 0; i < limit; i++) {
    server.receive(option(99));
    expect(server.nextEvent()).toBe(NEED_MORE);
    server.takeOutgoing();
  }
  server.receive(option(99));
  expect(thrown(() => server.nextEvent())).toMatchObject({
    code: 'NBD_TOO_MANY_OPTIONS',
    message: `option: more than ${limit} options`,
  });
});

test('a client that pipelines lists without reading them is dropped before they fill the memory', () => {
  const facts = Array.from({ length: 2000 }, (_, i) => ({
    name: `x${i}`,
    size: 1n,
    flags: NBD_FLAG_HAS_FLAGS,
  }));
  const server = new ServerHandshake({ directory: directoryOf(...facts) });
  server.receive(concat(u32(3), ...Array.from({ length: 1000 }, () => option(NBD_OPT_LIST))));
  const error = thrown(() => server.nextEvent());
  expect(error).toMatchObject({ code: 'NBD_TOO_MANY_OPTIONS' });
  expect(error.message).toMatch(
    /^NBD_OPT_LIST: sent before the replies to earlier options were read, \d+ bytes wait$/,
  );
  expect(server.takeOutgoing().length).toBeLessThan(2 << 20);
});
