import { exportInfoFromFlags, NBD_FLAG_HAS_FLAGS } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { DISK, directoryOf, shakeHands } from './support/handshake-pair.js';

test('client and server agree whatever the pieces their bytes travel in', () => {
  for (let split = 1; split <= 160; split++) {
    const directory = directoryOf(DISK);
    const outcome = shakeHands({ goal: 'go', exportName: 'disk' }, { directory }, split);
    expect(outcome.clientEvents, `pieces of ${split}`).toEqual([
      {
        type: 'ready',
        export: exportInfoFromFlags(DISK),
        structuredReplies: true,
        extendedHeaders: false,
        metaContexts: [],
        fixedNewstyle: true,
        tls: false,
      },
    ]);
    expect(outcome.serverEvents).toEqual([
      {
        type: 'ready',
        export: directory.find('disk'),
        exportName: 'disk',
        structuredReplies: true,
        extendedHeaders: false,
        metaContexts: [],
        tls: false,
      },
    ]);
    expect(outcome.client.finished && outcome.server.finished).toBe(true);
    expect(outcome.client.rest().length + outcome.server.rest().length).toBe(0);
  }
});

test('the server hands out the very object its directory found', () => {
  const directory = directoryOf(DISK);
  const [event] = shakeHands({ goal: 'go' }, { directory }).serverEvents;
  expect(event?.type === 'ready' && event.export).toBe(directory.find('disk'));
});

test('the default export goes by its canonical name', () => {
  const [event] = shakeHands({ goal: 'go' }, { directory: directoryOf(DISK) }).clientEvents;
  expect(event?.type === 'ready' && event.export.name).toBe('disk');
});

test('without requested information name and description stay unknown', () => {
  const options = { goal: 'go', exportName: '', requestInfo: false } as const;
  const [event] = shakeHands(options, { directory: directoryOf(DISK) }).clientEvents;
  expect(event).toMatchObject({ export: { name: '', blockSize: { minimum: 512, advertised: true } } });
  expect(event?.type === 'ready' && 'description' in event.export).toBe(false);
});

test('a size over 2^53 and default block sizes arrive unharmed', () => {
  const facts = { name: 'big', size: 0xffffffffffffffffn, flags: NBD_FLAG_HAS_FLAGS };
  const [event] = shakeHands({ goal: 'go' }, { directory: directoryOf(facts) }).clientEvents;
  expect(event).toMatchObject({
    export: { size: 0xffffffffffffffffn, blockSize: { minimum: 1, preferred: 4096, maximum: 33554432 } },
  });
});
