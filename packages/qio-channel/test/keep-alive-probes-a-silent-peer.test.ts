import { readFileSync } from 'node:fs';
import { QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';

/** In the table of TCP sockets: the timer that runs (`02` probes a silent peer), and in how many hundredths of a second. */
function timerOf(channel: QIOChannelSocket): [string, number] {
  const { port } = channel.localAddress as { port: number };
  const local = `: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const established = ' 01 ';
  const line = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .find((row) => row.includes(local) && row.includes(established));
  const [kind = '', when = ''] = line?.trim().split(/\s+/)[5]?.split(':') ?? [];
  return [kind, Number.parseInt(when, 16)];
}

test.skipIf(process.platform !== 'linux')(
  'the system counts down to the first probe, at both ends',
  async () => {
    const [plainConnected, plainAccepted] = await socketPair(loopback);
    expect(timerOf(plainConnected)[0]).toBe('00');
    expect(timerOf(plainAccepted)[0]).toBe('00');

    const ends = await socketPair({ ...loopback, keepAlive: true, keepAliveIdleSeconds: 300 });
    for (const end of ends) {
      const [kind, hundredths] = timerOf(end);
      expect(kind).toBe('02');
      // The system's default is 7200 s. It has begun to count.
      expect(hundredths).toBeGreaterThan(0);
      expect(hundredths).toBeLessThanOrEqual(30_000);
    }
    for (const end of [plainConnected, plainAccepted, ...ends]) end.close();
  },
);

const all = {
  ...loopback,
  keepAlive: true,
  keepAliveIdleSeconds: 300,
  keepAliveIntervalSeconds: 5,
  keepAliveCount: 3,
};
const hasInterval = Number.parseInt(process.versions.node, 10) >= 24;

test.runIf(hasInterval)('interval and count from Node 24 on', async () => {
  for (const end of await socketPair(all)) end.close();
});

test.skipIf(hasInterval)('interval and count are refused before Node 24, which would drop them', async () => {
  const refusal = {
    code: 'QIO_CHANNEL_UNSUPPORTED',
    message: expect.stringContaining(`need Node 24, this is ${process.version}`),
  };
  await expect(QIONetListener.open(all)).rejects.toMatchObject(refusal);
  await expect(QIOChannelSocket.connect({ ...all, port: 1 })).rejects.toMatchObject(refusal);
});
