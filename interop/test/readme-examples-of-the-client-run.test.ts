import { runReadmeExamples } from '@coaio/readme-examples';
import { expect, test } from 'vitest';

// Here and not in nbd-client, which cannot depend on a server that is tested with it.
test('the example prints what it says', async () => {
  const here = new URL('..', import.meta.url);
  for (const { expected, printed } of await runReadmeExamples(
    new URL('../packages/nbd-client/', here),
    here,
  )) {
    expect(printed).toEqual(expected);
  }
});
