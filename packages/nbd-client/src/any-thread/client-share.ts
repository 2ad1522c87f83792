import { randomUUID } from 'node:crypto';
import type { BottomHalf } from '@coaio/aio-context';
import { joinThreads } from '@coaio/aio-context/shared';
import { introducedMemories, isHolderAlive, LocalShared } from '@coaio/qio-channel/shared';
import type { NbdClientEvent } from '../nbd-client-event.js';
import { inboxOf, type NbdClientHandle } from './client-handle.js';
import { CrossedEvents } from './crossed-event.js';
import { closeViews, holderOfView } from './holders.js';
import { MAX_VIEWS, SHARED_BYTES, VIEWS_PER_CALL_WORD } from './layout.js';
import { takeCalls } from './request-lists.js';
import type { SharedClient } from './shared-client.js';
import { ViewServant, type ViewServantParts } from './view-servant.js';

/** The clients of this thread that others may know. */
export const localClients = new LocalShared<SharedClient>();

/** `closing`: as soon as no thread has a view. */
type ShareState = 'open' | 'closing' | 'closed';

/** The side of a shared client that its own thread has: it does what the views of the others ask for. */
export class ClientShare {
  readonly #client: SharedClient;
  readonly #handle: NbdClientHandle;
  readonly #words: Int32Array;
  readonly #serve: BottomHalf;
  readonly #ring: BottomHalf;
  readonly #parts: ViewServantParts;
  readonly #views: ViewServant[] = [];
  readonly #events: CrossedEvents;
  #toRing: ViewServant[] = [];
  #state: ShareState = 'open';

  constructor(client: SharedClient) {
    const { context } = client;
    const memory = new SharedArrayBuffer(SHARED_BYTES);
    const memories = introducedMemories();
    this.#words = new Int32Array(memory);
    this.#serve = context.createBottomHalf(() => this.#look(), 'serve');
    // What one dispatch answers is told at its end: a wake for each answer would cost as much as the request.
    this.#ring = context.createBottomHalf(() => this.#ringAll(), 'ring');
    this.#client = client;
    this.#handle = {
      of: 'NbdClient',
      ...client.facts(),
      serve: this.#serve.handle,
      memory,
      introductions: memories.address,
      inboxes: `@coaio/nbd-client ${randomUUID()}`,
    };
    this.#events = new CrossedEvents(this.#handle);
    this.#parts = {
      words: this.#words,
      context,
      client,
      memories,
      inbox: (view) => inboxOf(this.#handle, view),
      toBeRung: (view) => {
        this.#toRing.push(view);
        this.#ring.schedule();
      },
      freed: () => this.#finishIfUnused(),
    };
    const { cell, generation } = this.#handle.serve;
    localClients.add(cell, generation, client);
    localClients.listen(this);
  }

  /** With what is known of the export now: a reconnect may have changed it. */
  get handle(): NbdClientHandle {
    return { ...this.#handle, ...this.#client.facts() };
  }

  /** The views of other threads hear of it, too. */
  tell(event: NbdClientEvent): void {
    if (this.#state !== 'closed') this.#events.tell(event);
  }

  /** Its thread's client is closed: the views fail with that, until the last of them is let go. */
  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#finishIfUnused();
  }

  threadEnded(): void {
    const { words } = joinThreads();
    for (let view = 0; view < MAX_VIEWS; view++) {
      const holder = holderOfView(this.#words, view);
      if (holder !== 0 && !isHolderAlive(words, holder)) this.#viewOf(view).holderEnded(holder);
    }
  }

  #look(): void {
    for (const word of [0, 1]) {
      let calls = takeCalls(this.#words, word);
      for (let view = word * VIEWS_PER_CALL_WORD; calls !== 0; view++, calls >>>= 1) {
        if ((calls & 1) !== 0) this.#viewOf(view).look();
      }
    }
    this.#finishIfUnused();
  }

  #ringAll(): void {
    const toRing = this.#toRing;
    this.#toRing = [];
    for (const view of toRing) view.ring();
  }

  #viewOf(view: number): ViewServant {
    let servant = this.#views[view];
    if (servant === undefined) {
      servant = new ViewServant(view, this.#parts);
      this.#views[view] = servant;
    }
    return servant;
  }

  #finishIfUnused(): void {
    if (this.#state !== 'closing' || !closeViews(this.#words)) return;
    this.#state = 'closed';
    localClients.unlisten(this);
    localClients.delete(this.#handle.serve.cell);
    this.#events.close();
    this.#serve.delete();
    this.#ring.delete();
    for (const view of this.#views) view?.close();
  }
}
