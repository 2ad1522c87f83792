import {
  isNbdError,
  type NbdClientOptions,
  type NbdErrorCode,
  type NbdErrorLike,
  type NbdFault,
  type SocketAddress,
  TlsCredentials,
} from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { connectToScript } from './support/scripted-server.js';

// What is checked here is checked by the compiler, too.
test('an option that is undefined is as one that is not given', async () => {
  const address: SocketAddress | undefined = undefined;
  const options: NbdClientOptions = {
    address,
    connections: undefined,
    strict: { bounds: undefined },
    tls: undefined,
  };
  const { client } = await connectToScript((server) => server.request(), { client: options });
  const error: unknown = await client.read(2n ** 60n, 1).catch((reason) => reason);
  if (!isNbdError(error)) throw error;
  const told: NbdErrorLike = error;
  const code: NbdErrorCode = told.code;
  const fault: NbdFault = told.fault;
  expect([code, fault]).toEqual(['NBD_OUT_OF_BOUNDS', 'caller']);
  expect(TlsCredentials.x509().kind).toBe('x509');
  await client.close();
});
