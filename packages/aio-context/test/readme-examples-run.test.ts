import { runReadmeExamples } from '@coaio/readme-examples';
import { expect, test } from 'vitest';

test('the examples of the README print what they say', async () => {
  const results = await runReadmeExamples(new URL('..', import.meta.url));
  expect(results).toHaveLength(2);
  for (const { printed, expected } of results) expect(printed).toEqual(expected);
});
