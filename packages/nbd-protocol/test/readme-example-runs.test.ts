import { runReadmeExamples } from '@coaio/readme-examples';
import { expect, test } from 'vitest';

test('the example prints what it says', async () => {
  for (const { expected, printed } of await runReadmeExamples(new URL('..', import.meta.url))) {
    expect(printed).toEqual(expected);
  }
});
