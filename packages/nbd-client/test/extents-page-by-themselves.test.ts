import { NBD_STATE_DIRTY, NBD_STATE_HOLE, NBD_STATE_ZERO } from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allOf } from './support/all-of.js';
import { connectToScript, type ScriptedServer, statusChunk } from './support/scripted-server.js';

const BASE = 'base:allocation';
const DIRTY = 'qemu:dirty-bitmap:b0';

/** Status by unit of the export, in each context. */
type Map2 = readonly (readonly number[])[];
const UNIT = 512;

/** What a server may do with an answer. */
interface Whim {
  /** Extents to tell of at most. */
  most: number;
  /** Units past the end of the request. */
  overshoot: number;
  /** Each unit is an extent of its own. */
  fine: boolean;
}

function* serve(server: ScriptedServer, map: Map2, whims: readonly Whim[]) {
  let asked = 0;
  for (;;) {
    const request = yield* server.request();
    if (request.type !== 7) return asked;
    for (const [id, units] of map.entries()) {
      const whim = whims[asked++ % whims.length] ?? { most: 1, overshoot: 0, fine: false };
      const extents: [number, number][] = [];
      const end = Math.min(units.length, (request.offset + request.length) / UNIT + whim.overshoot);
      for (let at = request.offset / UNIT; at < end; at++) {
        const status = units[at] ?? 0;
        const last = extents.at(-1);
        // The last one alone may reach past the request.
        const past = at * UNIT >= request.offset + request.length;
        if (last !== undefined && last[1] === status && (past || !whim.fine)) last[0] += UNIT;
        else if (past) break;
        else if (extents.length === whim.most) break;
        else extents.push([UNIT, status]);
      }
      yield* server.send(statusChunk(request, id, extents, id === map.length - 1));
    }
  }
}

/** The slow obvious way: unit by unit. */
function expected(map: Map2, start: number, end: number) {
  const extents: { offset: number; length: number; base: number | undefined; dirty: number | undefined }[] =
    [];
  for (let at = start; at < end; at++) {
    const base = map[0]?.[at];
    const dirty = map[1]?.[at];
    const last = extents.at(-1);
    if (last !== undefined && last.base === base && last.dirty === dirty) last.length += UNIT;
    else extents.push({ offset: at * UNIT, length: UNIT, base, dirty });
  }
  return extents;
}

test('as unit by unit, whatever the server cuts, overshoots, or says in other pieces', async () => {
  const status = fc.integer({ min: 0, max: 3 });
  const whim = fc.record({
    most: fc.integer({ min: 1, max: 4 }),
    overshoot: fc.nat(5),
    fine: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(status, fc.nat(1)), { minLength: 1, maxLength: 40 }),
      fc.array(whim, { minLength: 1, maxLength: 8 }),
      fc.nat(1000),
      fc.nat(1000),
      async (units, whims, from, count) => {
        const map = [units.map(([base]) => base), units.map(([, dirty]) => dirty)];
        const { client } = await connectToScript((server) => serve(server, map, whims), {
          facts: { size: BigInt(units.length * UNIT) },
          offers: { metaContexts: [BASE, DIRTY] },
          client: { metaContexts: [BASE, DIRTY] },
        });
        const start = from % units.length;
        const end = start + (count % (units.length - start + 1));
        const found = await allOf(client.extents({ offset: start * UNIT, length: (end - start) * UNIT }));
        expect(
          found.map(({ offset, length, status }) => ({
            offset,
            length,
            base: status.get(BASE),
            dirty: status.get(DIRTY),
          })),
        ).toEqual(expected(map, start, end));
        for (const { status, hole, zero, dirty } of found) {
          expect(hole).toBe(((status.get(BASE) ?? 0) & NBD_STATE_HOLE) !== 0);
          expect(zero).toBe(((status.get(BASE) ?? 0) & NBD_STATE_ZERO) !== 0);
          expect(dirty).toBe(((status.get(DIRTY) ?? 0) & NBD_STATE_DIRTY) !== 0);
        }
        await client.close();
      },
    ),
    { numRuns: 200 },
  );
});

test('of one context, if that is what is asked for', async () => {
  const { client } = await connectToScript(
    (server) =>
      serve(
        server,
        [
          [0, 3],
          [1, 1],
        ],
        [{ most: 9, overshoot: 0, fine: false }],
      ),
    {
      facts: { size: 1024n },
      offers: { metaContexts: [BASE, DIRTY] },
      client: { metaContexts: [BASE, DIRTY] },
    },
  );
  const [extent, ...others] = await allOf(client.extents({ contexts: [DIRTY] }));
  expect(others).toEqual([]);
  expect(extent).toEqual({
    offset: 0,
    length: 1024,
    status: new Map([[DIRTY, 1]]),
    hole: false,
    zero: false,
    dirty: true,
  });
});

test('a context that was not negotiated', async () => {
  const { client } = await connectToScript(function* () {}, { offers: { metaContexts: [BASE] } });
  await expect(client.extents({ contexts: ['x:y'] }).next()).rejects.toMatchObject({
    code: 'NBD_NOT_OFFERED',
    message: expect.stringContaining('"x:y"'),
  });
});
