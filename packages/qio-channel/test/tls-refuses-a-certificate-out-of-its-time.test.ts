import { TlsCredentials } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { authority, handshake, pick, serverCredentials } from './support/tls-pair.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const daysFromNow = (days: number): Date => new Date(Date.now() + days * DAY_MS);

const cases = [
  ['expired', { notBefore: daysFromNow(-3), notAfter: daysFromNow(-2) }, 'CERT_HAS_EXPIRED'],
  ['not valid yet', { notBefore: daysFromNow(2), notAfter: daysFromNow(3) }, 'CERT_NOT_YET_VALID'],
] as const;

test.each(cases)("a server's that is %s", async (_title, dates, reason) => {
  const issued = await authority.issue({ dns: ['server.test'], ...dates });
  const { client } = await handshake({ server: { credentials: TlsCredentials.x509(pick(issued)) } });
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  expect(client).toMatchObject({
    code: 'QIO_CHANNEL_TLS_EXPIRED',
    message: expect.stringMatching(
      new RegExp(`${reason}.* valid from ${day(dates.notBefore)}.* to ${day(dates.notAfter)}`),
    ),
  });
});

test.each(cases)("a client's that is %s", async (_title, dates, reason) => {
  const issued = await authority.issue(dates);
  const { server } = await handshake({
    client: { credentials: TlsCredentials.x509({ ca: authority.certificate, ...pick(issued) }) },
    server: { credentials: serverCredentials, verifyPeer: true },
  });
  expect(server).toMatchObject({ code: 'QIO_CHANNEL_TLS_EXPIRED', message: expect.stringContaining(reason) });
});
