import { NBD_EIO, NBD_ENOSPC } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { type ErrorRule, injectErrors, MemoryExport } from '../src/index.js';
import { bytesOf, done, extentsOf, trimOf, writeTo, zeroIn } from './support/backend-calls.js';
import { flush, pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

test('over the wire, and nothing is done', async () => {
  const disk = MemoryExport.from(pattern(4096));
  const faulty = injectErrors(disk, [
    { operation: 'write', code: 'ENOSPC' },
    { operation: 'read', offset: 1000, length: 24, code: 'EIO', message: 'bad sector' },
  ]);
  const client = await RawClient.open(serverOf(faulty).server);
  await client.send(
    write(1, 0, new Uint8Array(100)),
    read(2, 0, 1000),
    read(3, 0, 1001),
    read(4, 1023, 1),
    read(5, 1024, 10),
  );
  const replies = await client.replies(5);
  expect(replies.map(({ error }) => error)).toEqual([NBD_ENOSPC, 0, NBD_EIO, NBD_EIO, 0]);
  expect(replies[0]?.message).toBe('write of 100 bytes at 0: injected error');
  expect(replies[1]?.data).toEqual(pattern(1000));
  expect(replies[2]?.message).toBe('bad sector');
  await client.send(flush(6));
  expect((await client.reply()).error).toBe(0);
  await client.disconnect();
});

test('an error within a range says where', async () => {
  const faulty = injectErrors(new MemoryExport(4096), [{ offset: 1000, code: 'EIO' }]);
  await expect(bytesOf(faulty, 900, 200)).rejects.toMatchObject({ code: 'EIO', offset: 1000 });
  await expect(bytesOf(faulty, 2000, 200)).rejects.toMatchObject({ offset: 2000 });
  const everywhere = injectErrors(new MemoryExport(4096), [{ code: 'EIO' }]);
  await expect(bytesOf(everywhere, 900, 200)).rejects.not.toHaveProperty('offset');
});

async function outcomes(rules: ErrorRule[], seed: number, count: number): Promise<string> {
  const faulty = injectErrors(new MemoryExport(4096), rules, { seed });
  let text = '';
  for (let i = 0; i < count; i++) {
    text += await bytesOf(faulty, 0, 1).then(
      () => '.',
      () => 'x',
    );
  }
  return text;
}

test('the nth that is meant, and others are not counted', async () => {
  const faulty = injectErrors(new MemoryExport(4096), [
    { operation: ['trim', 'extents'], nth: 2, code: 'EIO' },
  ]);
  await trimOf(faulty, 0, 10);
  await writeTo(faulty, 0, pattern(10));
  await zeroIn(faulty, 0, 10);
  await expect(extentsOf(faulty, 0, 10)).rejects.toMatchObject({ code: 'EIO' });
  await trimOf(faulty, 0, 10);
});

test('by chance, and the same again with the same seed', async () => {
  const rules = [{ probability: 0.3, code: 'EIO' }];
  const drawn = await outcomes(rules, 5, 400);
  expect(await outcomes(rules, 5, 400)).toBe(drawn);
  expect(await outcomes(rules, 6, 400)).not.toBe(drawn);
  const failed = drawn.split('x').length - 1;
  expect(failed).toBeGreaterThan(80);
  expect(failed).toBeLessThan(160);
  expect(await outcomes([{ probability: 0, code: 'EIO' }], 1, 50)).not.toContain('x');
  expect(await outcomes([{ probability: 1, code: 'EIO' }], 1, 50)).not.toContain('.');
});

test('the first rule that means a call is the one', async () => {
  const faulty = injectErrors(new MemoryExport(10), [
    { operation: 'flush', code: 'EPERM' },
    { nth: 2, code: 'ENOSPC' },
    { code: 'EIO' },
  ]);
  await expect(bytesOf(faulty, 0, 1)).rejects.toMatchObject({ code: 'EIO' });
  await expect(bytesOf(faulty, 0, 1)).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(bytesOf(faulty, 0, 1)).rejects.toMatchObject({ code: 'EIO' });
  expect(faulty.flush).toBeUndefined();
  const flushing = injectErrors({ ...faulty, flush: () => {} }, [{ offset: 0, code: 'EIO' }]);
  await done(() => flushing.flush?.());
});

test.each([
  { nth: 0 },
  { nth: 1.5 },
  { probability: 1.1 },
  { probability: Number.NaN },
  { offset: -1 },
  { length: 0 },
])('a rule that nothing can meet: %o', (rule) => {
  const make = () => injectErrors(new MemoryExport(1), [{ code: 'EIO' }, { ...rule, code: 'EIO' }]);
  expect(make).toThrow(/injectErrors: rule 1: (nth|probability|offset|length) .* is out of range/);
});
