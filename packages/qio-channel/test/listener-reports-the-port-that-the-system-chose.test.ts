import { formatAddress, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('port 0 becomes a real one', async () => {
  const listener = await QIONetListener.open({ type: 'inet', host: '::1', port: 0 });
  expect(listener.address).toMatchObject({ host: '::1', port: expect.toSatisfy((port: number) => port > 0) });
  expect(formatAddress(listener.address)).toMatch(/^\[::1\]:\d+$/);
  await listener.disconnect();
  await listener.disconnect();
});
