// Connects over TLS with a folder of certificates, and says what is wrong with them if that fails.
//
//   nbdkit --tls=require --tls-certificates=/etc/pki/nbd memory 1G
//   node examples/connect-over-tls.ts nbds://localhost/ /etc/pki/nbd
//
// The folder has ca-cert.pem, and client-cert.pem with client-key.pem where the server asks for them. With that of another
// authority it prints NBD_TLS_UNTRUSTED, with a server of another name NBD_TLS_HOSTNAME.
//
// Node 22.18 or later; before: examples/dist/connect-over-tls.js, after `npm start`.
import { isNbdError, NbdClient } from '@coaio/nbd-client';

const [uri = '', certificates = ''] = process.argv.slice(2);
try {
  const client = await NbdClient.connect({ uri, tls: { certificates } });
  console.log(`${client.info.size} bytes, ${client.capabilities.tls ? 'over TLS' : 'in plain text'}`);
  await client.close();
} catch (error) {
  if (!isNbdError(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
