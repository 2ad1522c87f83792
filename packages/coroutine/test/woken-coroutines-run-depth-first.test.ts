import { aioCoWake, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

// As qemu_aio_coroutine_enter does: what a coroutine woke goes in front of those that still wait for their turn.
test('what a woken coroutine wakes runs before its siblings', () => {
  const wakes: Record<string, string[]> = { root: ['b', 'c'], b: ['d', 'e'], c: ['f'], d: ['g'] };
  const ran: string[] = [];
  const all = new Map<string, Coroutine>();
  for (const name of 'bcdefg') {
    const co = Coroutine.create(function* (): Co<void> {
      yield* coYield();
      ran.push(name);
      for (const woken of wakes[name] ?? []) aioCoWake(all.get(woken)!);
    });
    all.set(name, co);
    co.enter();
  }
  Coroutine.create(function* (): Co<void> {
    for (const woken of wakes['root'] ?? []) aioCoWake(all.get(woken)!);
  }).enter();
  expect(ran).toEqual(['b', 'd', 'g', 'e', 'c', 'f']);
});
