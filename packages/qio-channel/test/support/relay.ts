import { type Co, coRun } from '@coaio/coroutine';
import { QIOChannelPair } from '@coaio/qio-channel';

export interface Relay {
  /** The two ends to talk over. */
  readonly ends: readonly [QIOChannelPair, QIOChannelPair];
  /** Bytes that went from the first end to the second, and back. */
  readonly passed: readonly [number, number];
  /** Cuts the connection: both ends see the end of the stream, with no last word. */
  cut(): void;
}

/**
 * Two channels with somebody in between, who cuts the connection once so many bytes of the first have passed, or of the second.
 */
export function openRelay(
  limits: readonly [number, number] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
): Relay {
  const [left, leftBetween] = QIOChannelPair.open();
  const [right, rightBetween] = QIOChannelPair.open();
  const passed: [number, number] = [0, 0];
  const cut = (): void => {
    leftBetween.shutdown('both');
    rightBetween.shutdown('both');
  };
  function* pass(from: QIOChannelPair, to: QIOChannelPair, direction: 0 | 1): Co<void> {
    const buffer = new Uint8Array(4096);
    try {
      while (passed[direction] < limits[direction]) {
        const room = Math.min(buffer.length, limits[direction] - passed[direction]);
        const count = yield* from.readv([buffer.subarray(0, room)]);
        if (count === 0) {
          to.shutdown('write');
          return;
        }
        yield* to.writevAll([buffer.subarray(0, count)]);
        passed[direction] += count;
      }
    } catch {
      // One end has closed: that ends the other too.
    }
    cut();
  }
  void coRun(() => pass(leftBetween, rightBetween, 0));
  void coRun(() => pass(rightBetween, leftBetween, 1));
  return { ends: [left, right], passed, cut };
}
