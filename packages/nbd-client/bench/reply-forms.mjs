// The same reads with simple, structured and extended replies: what the checks of the longer forms cost.
import { NbdClient } from '@coaio/nbd-client';
import { openPeer } from './peers/answering-peer.mjs';
import { inCoroutines } from './requests.mjs';

/** @import { Group, Prepared } from '@coaio/by-turns' */
/** @import { ReplyForm } from './peers/answering-peer.mjs' */

const BYTES = 4096;
const DEPTH = 64;
/** The first rival is what ratios are to; it is ours too. */
const FORMS = /** @type {ReplyForm[]} */ (['simple', 'structured', 'extended']);
const WARM_UP = 20_000;
const GOAL = /** @type {const} */ ({ of: 'ratio', most: 1.25 });

/** @type {Group[]} */
export const replyFormGroups = [
  { name: `read of 4 KiB, ${DEPTH} in flight, by form of reply`, unit: 'us', prepare },
];

/** @returns {Promise<Prepared>} */
async function prepare() {
  const clients = await Promise.all(FORMS.map((form) => NbdClient.connect({ channel: openPeer(form) })));
  for (const client of clients) await inCoroutines(client, 'read', BYTES, DEPTH, WARM_UP);
  return {
    cases: clients.map((client, index) => ({
      name: FORMS[index] ?? '',
      // What the others are measured by.
      ours: index > 0,
      batch: DEPTH * 8,
      run: (count) => inCoroutines(client, 'read', BYTES, DEPTH, count),
      ...(index > 0 && { goal: GOAL }),
    })),
    async close() {
      for (const client of clients) await client.close();
    },
  };
}
