import { describe, expect, test } from 'vitest';
import { openRelay } from './support/relay.js';
import { outcomes, tlsOver } from './support/tls-pair.js';

const never = Number.MAX_SAFE_INTEGER;
const ALLOWED = ['QIO_CHANNEL_TLS_HANDSHAKE', 'QIO_CHANNEL_IO'];

describe.each([0, 1] as const)('cut in direction %i', (direction) => {
  test('after each number of bytes: whoever is not done gets an error, and both channels end', async () => {
    const whole = openRelay();
    await tlsOver(whole.ends);
    const total = whole.passed[direction];
    expect(total).toBeGreaterThan(100);
    for (let bytes = 0; bytes < total; bytes += bytes < 20 || bytes > total - 20 ? 1 : 17) {
      const relay = openRelay(direction === 0 ? [bytes, never] : [never, bytes]);
      const sides = await outcomes(relay.ends, {});
      // Signatures differ by some bytes in length: this handshake may have been over before its cut.
      if (relay.passed[direction] < bytes) relay.cut();
      for (const [index, side] of sides.entries()) {
        if (side.status === 'rejected') expect(ALLOWED, `side ${index}`).toContain(side.reason.code);
        else {
          // TLS 1.3: one side may be done before the other. It learns of the end when it reads.
          await expect(side.value.promises.readv([new Uint8Array(1)])).rejects.toHaveProperty('code');
        }
      }
      // A client whose last bytes are cut may be done; of the others at least one must fail.
      expect(sides.some(({ status }) => status === 'rejected') || direction === 1, `${bytes} bytes`).toBe(
        true,
      );
    }
  });
});
