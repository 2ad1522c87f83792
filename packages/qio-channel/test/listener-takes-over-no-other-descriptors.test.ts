import { closeSync, openSync } from 'node:fs';
import { QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('a file', async () => {
  const fd = openSync(import.meta.filename, 'r');
  const taken = QIONetListener.fromDescriptors([fd]);
  await expect(taken).rejects.toMatchObject({
    code: 'QIO_CHANNEL_LISTEN',
    message: expect.stringContaining(`listen on descriptor ${fd}`),
  });
  closeSync(fd);
});

test('none', async () => {
  await expect(QIONetListener.fromDescriptors([])).rejects.toMatchObject({
    code: 'QIO_CHANNEL_BAD_ARGUMENT',
  });
});
