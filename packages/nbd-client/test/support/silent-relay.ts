import { type Co, coRun } from '@coaio/coroutine';
import { QIOChannelPair } from '@coaio/qio-channel';

export interface SilentRelay {
  client: QIOChannelPair;
  server: QIOChannelPair;
  /** The server has said as much as it may. */
  silent: Promise<void>;
  /** The client has ended the connection. */
  ended: Promise<void>;
}

/** Two channels with somebody in between, who lets `limit` bytes of the server pass, and then holds all back. */
export function silentRelay(limit: number): SilentRelay {
  const [client, clientSide] = QIOChannelPair.open();
  const [server, serverSide] = QIOChannelPair.open();
  const bytes = new Uint8Array(65_536);
  function* up(): Co<void> {
    for (;;) {
      const count = yield* clientSide.readv([bytes]);
      if (count === 0) break;
      yield* serverSide.writevAll([bytes.subarray(0, count)]);
    }
    serverSide.close();
  }
  function* down(): Co<void> {
    const held = new Uint8Array(65_536);
    for (let left = limit; left > 0; ) {
      const count = yield* serverSide.readv([held.subarray(0, left)]);
      if (count === 0) return yield* never();
      yield* clientSide.writevAll([held.subarray(0, count)]);
      left -= count;
    }
  }
  const ended = coRun(up).catch(() => {});
  return { client, server, silent: coRun(down), ended };
}

function* never(): Co<never> {
  const [hole] = QIOChannelPair.open();
  yield* hole.readv([new Uint8Array(1)]);
  throw new Error('nobody writes there');
}

/** Lets what has arrived be read and answered. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}
