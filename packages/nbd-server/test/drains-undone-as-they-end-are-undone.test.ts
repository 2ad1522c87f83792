import { expect, test } from 'vitest';
import { MemoryExport, NbdServer } from '../src/index.js';
import * as thread from '../src/threads/server-thread.js';

const server = new NbdServer();

server.addExport('', new MemoryExport(4096));
Object.assign(globalThis, { makeServer: () => server });
/** What a thread imports, which is this one. */
const MODULE = 'data:text/javascript,export const { makeServer } = globalThis';

test('a thread is not drained when its drain was undone, in whichever microtask that came', async () => {
  await thread.make(MODULE, 'makeServer', [], 0, null);
  for (let ticks = 0; ticks < 16; ticks++) {
    const drained = thread.drain(ticks, undefined).catch((error: unknown) => error);
    for (let tick = 0; tick < ticks; tick++) await null;
    await thread.undoDrain(ticks);
    await drained;
    await expect(server.resume()).rejects.toMatchObject({ code: 'NBD_NOT_DRAINED' });
  }
  await thread.close();
});
