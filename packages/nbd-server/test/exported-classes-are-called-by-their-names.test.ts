import * as exported from '@coaio/nbd-server';
import { expect, test } from 'vitest';

test('in the bundle that is published', () => {
  const classes = Object.entries(exported).filter(([, value]) => /^class\b/.test(String(value)));
  expect(classes.map(([, value]) => (value as { name: string }).name)).toEqual(classes.map(([key]) => key));
  expect(classes.length).toBeGreaterThan(5);
});
