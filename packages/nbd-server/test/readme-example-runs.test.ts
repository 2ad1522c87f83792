import { runReadmeExamples } from '@coaio/readme-examples';
import { expect, test } from 'vitest';

test('the example of the README prints what it says', async () => {
  const results = await runReadmeExamples(new URL('..', import.meta.url));
  expect(results).not.toEqual([]);
  for (const { printed, expected } of results) expect(printed).toEqual(expected);
});
