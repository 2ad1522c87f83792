import { measureByTurns } from '@coaio/by-turns';
import { expect, test } from 'vitest';

/** Two cases that note their turns; a turn is one operation. */
function noting(turns: string[], onTurn = (): void => {}) {
  let closed = 0;
  const cases = ['a', 'b'].map((name) => ({
    name,
    run() {
      turns.push(name);
      onTurn();
      return 1e6;
    },
  }));
  const group = {
    ...{ name: 'group', unit: 'ns' as const },
    prepare: () => ({ cases, close: () => void closed++ }),
  };
  return { group, closed: () => closed };
}

test('one after the other, round by round; what comes first warms them up', async () => {
  const turns: string[] = [];
  const { group, closed } = noting(turns);
  await measureByTurns(group, { rounds: 2, turnMs: 1 });
  expect(turns.join('')).toBe('aabb' + 'ab' + 'ab');
  expect(closed()).toBe(1);
});

test('the whole rounds count', async () => {
  const turns: string[] = [];
  const abort = new AbortController();
  const { group, closed } = noting(turns, () => turns.length === 9 && abort.abort());
  const figures = await measureByTurns(group, { rounds: 100, turnMs: 1, signal: abort.signal });
  expect(turns.join('')).toBe('aabb' + 'ab' + 'ab' + 'a');
  expect(figures?.rounds).toBe(2);
  expect(closed()).toBe(1);
});

test('without a whole round there are no figures', async () => {
  const turns: string[] = [];
  const abort = new AbortController();
  const { group, closed } = noting(turns, () => turns.length === 5 && abort.abort());
  expect(await measureByTurns(group, { rounds: 100, turnMs: 1, signal: abort.signal })).toBeUndefined();
  expect(closed()).toBe(1);
});

test('a case that fails ends it, and what was prepared is closed', async () => {
  const { group, closed } = noting([], () => {
    throw new Error('no luck');
  });
  await expect(measureByTurns(group, { rounds: 1, turnMs: 1 })).rejects.toThrow('no luck');
  expect(closed()).toBe(1);
});
