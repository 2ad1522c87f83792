import { QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback } from './support/socket-pair.js';

test('aborted before and while connecting', async () => {
  const listener = await QIONetListener.open(loopback);
  const reason = new Error('changed my mind');
  await expect(
    QIOChannelSocket.connect(listener.address, { signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);

  const controller = new AbortController();
  const connecting = QIOChannelSocket.connect(listener.address, { signal: controller.signal });
  controller.abort(reason);
  await expect(connecting).rejects.toBe(reason);
  await listener.disconnect();
});
