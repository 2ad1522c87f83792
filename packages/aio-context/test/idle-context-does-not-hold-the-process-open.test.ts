import { expect, test } from 'vitest';
import { runChild } from './support/run-child.js';

test('a process whose contexts have nothing to do ends by itself', () => {
  expect(runChild('leaves-idle-contexts.mjs')).toEqual({ status: 0, stdout: 'polled\n', stderr: '' });
});

test('an idle bottom half does not keep it from ending', () => {
  expect(runChild('leaves-an-idle-bottom-half.mjs')).toEqual({ status: 0, stdout: '', stderr: '' });
});
