import {
  AioContext,
  getCurrentAioContext,
  getIohandlerAioContext,
  getMainAioContext,
} from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('while the iohandler context is dispatched, the main context is current', async () => {
  const iohandler = getIohandlerAioContext();
  expect(getIohandlerAioContext()).toBe(iohandler);
  expect(iohandler).not.toBe(getMainAioContext());
  const inBottomHalf = await new Promise((resolve) => {
    iohandler.scheduleOneshot(() => resolve(getCurrentAioContext()));
  });
  expect(inBottomHalf).toBe(getMainAioContext());
  expect(iohandler.run(getCurrentAioContext)).toBe(getMainAioContext());
});

test('polled inside another context, that one stays current', () => {
  const outer = new AioContext();
  let seen: unknown;
  getIohandlerAioContext().scheduleOneshot(() => (seen = getCurrentAioContext()));
  outer.run(() => getIohandlerAioContext().poll());
  expect(seen).toBe(outer);
});
