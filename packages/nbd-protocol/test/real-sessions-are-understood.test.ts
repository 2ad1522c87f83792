import { expect, test } from 'vitest';
import { type Outcome, playToClient, playToServer } from './support/fuzz/play.js';
import { ownSessions, recordedSessions } from './support/fuzz/sessions.js';

// What was recorded from other people's servers and clients, to its last byte, whatever the pieces it comes in.

const EXPECTED: Record<string, Partial<Outcome>> = {
  'nbd-server-go.server': { event: 'ready' },
  'nbd-server-list.server': { event: 'list' },
  'nbdkit-failing.server': { event: 'ready' },
  'nbdkit-go.server': { event: 'ready' },
  'nbdkit-list.server': { event: 'list' },
  'nbdkit-masked.server': { event: 'ready', messages: 5 },
  'nbdkit-oldstyle.server': { event: 'ready', messages: 5 },
  'qemu-nbd-go.server': { event: 'ready', messages: 9 },
  'qemu-nbd-info.server': { event: 'info' },
  'qemu-nbd-list.server': { event: 'list' },
  'qemu-nbd-refused.server': { event: 'refused' },
  'qemu-nbd-simple.server': { event: 'ready', messages: 5 },
};

test('there are sessions of servers and of clients', () => {
  const names = recordedSessions().map(({ name }) => name);
  expect(names.filter((name) => name.endsWith('.server')).sort()).toEqual(Object.keys(EXPECTED).sort());
  expect(names.filter((name) => name.endsWith('.client')).length).toBeGreaterThan(5);
});

test.each([...recordedSessions(), ...ownSessions()])('$name, heard by the other side: $said', (session) => {
  const play = (split: number): Outcome =>
    session.said === 'server'
      ? playToClient(session.bytes, session.options, split)
      : playToServer(session.bytes, session.options, split);
  const bytewise = play(1);
  expect(bytewise).toMatchObject({ rest: 0, ...EXPECTED[session.name] });
  for (const split of session.tls ? [] : [7, 64, session.bytes.length]) expect(play(split)).toEqual(bytewise);
});
