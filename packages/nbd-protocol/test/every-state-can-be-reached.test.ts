import { expect, test } from 'vitest';
import { CLIENT_TRANSITIONS, move, SERVER_TRANSITIONS } from '../src/handshake/transitions.js';

test.each([
  ['client', CLIENT_TRANSITIONS, 'greeting', ['ready', 'finished', 'dead']],
  ['server', SERVER_TRANSITIONS, 'client-flags', ['ready', 'aborted', 'dead']],
] as const)('%s', (_, transitions, first, ends) => {
  const table: Readonly<Record<string, readonly string[]>> = transitions;
  const reached = new Set<string>([first]);
  for (const state of reached) for (const next of table[state] ?? []) reached.add(next);
  expect([...reached].sort()).toEqual(Object.keys(table).sort());
  for (const [state, next] of Object.entries(table)) {
    const isEnd = (ends as readonly string[]).includes(state);
    expect(next.length === 0, state).toBe(isEnd);
    expect(next.includes('dead'), state).toBe(!isEnd);
  }
});

test('a move that is not in the table throws', () => {
  expect(move(CLIENT_TRANSITIONS, 'go', 'ready')).toBe('ready');
  expect(move(CLIENT_TRANSITIONS, 'go', 'go')).toBe('go');
  expect(() => move(CLIENT_TRANSITIONS, 'list', 'ready')).toThrow('handshake cannot go from list to ready');
  expect(() => move(SERVER_TRANSITIONS, 'dead', 'option')).toThrow('handshake cannot go from dead to option');
});
