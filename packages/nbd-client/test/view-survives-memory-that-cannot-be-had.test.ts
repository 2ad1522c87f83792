import { AioContext } from '@coaio/aio-context';
import { NbdClient } from '@coaio/nbd-client';
import { afterEach, expect, test, vi } from 'vitest';
import { scriptedDisk, serveDisk } from './support/scripted-disk.js';
import { viewOfScript } from './support/view-of-script.js';

const facts = { size: 8n * 2n ** 30n };

/** A view, and what shows that it still works, and ends. */
async function open() {
  const { view } = await viewOfScript((server) => serveDisk(server, scriptedDisk(4096)), { facts });
  const works = async () => {
    expect(await view.read(0, 10)).toHaveLength(10);
    await view.close();
  };
  return { view, works };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('4 GiB at once are refused, and not done as none', async () => {
  const { view, works } = await open();
  const target = new Uint8Array(new SharedArrayBuffer(2 ** 32));
  const refused = { code: 'NBD_TOO_LARGE', message: expect.stringContaining('4294967295 bytes') };
  await expect(view.readInto(0, target)).rejects.toMatchObject(refused);
  await expect(view.write(0, target)).rejects.toMatchObject(refused);
  await works();
});

test('a call for which there is no memory leaves the others theirs', async () => {
  const { view, works } = await open();
  vi.stubGlobal(
    'SharedArrayBuffer',
    class {
      constructor() {
        throw new RangeError('Array buffer allocation failed');
      }
    },
  );
  const refused = { code: 'NBD_TOO_LARGE', message: expect.stringContaining('no memory') };
  await expect(view.readInto(0, new Uint8Array(1000))).rejects.toMatchObject(refused);
  vi.unstubAllGlobals();
  await works();
});

test('memory that its owner transfers meanwhile fails that call alone', async () => {
  const { view, works } = await open();
  const target = new Uint8Array(512);
  const reading = view.readInto(0, target);
  structuredClone(target.buffer, { transfer: [target.buffer] });
  await expect(reading).rejects.toThrow(TypeError);
  await works();
});

test('attaching in a context that is closed takes no place', async () => {
  const { view, works } = await open();
  const context = new AioContext({ name: 'closed' });
  context.close();
  const closed = expect.objectContaining({ code: 'AIO_CONTEXT_CLOSED' });
  for (let attempt = 0; attempt < 100; attempt++) {
    expect(() => NbdClient.attach(view.handle, { context })).toThrow(closed);
  }
  await NbdClient.attach(view.handle).close();
  await works();
});
