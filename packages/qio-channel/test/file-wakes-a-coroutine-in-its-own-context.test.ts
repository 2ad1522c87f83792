import { AioContext } from '@coaio/aio-context';
import { coRun, coSelf } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test.each([true, false])('following it: %s; for reads at the position and elsewhere', async (follow) => {
  const channel = await QIOChannelFile.open(import.meta.filename);
  channel.setFollowCoroutineCtx(follow);
  const other = new AioContext({ name: 'other' });
  const seen = await coRun(
    function* () {
      const names: unknown[] = [];
      yield* channel.readv([Buffer.alloc(1)]);
      names.push(coSelf().context?.name);
      yield* channel.preadv([Buffer.alloc(1)], 5);
      names.push(coSelf().context?.name);
      return names;
    },
    { context: other },
  );
  expect(seen).toEqual(['other', 'other']);
  channel.close();
});
