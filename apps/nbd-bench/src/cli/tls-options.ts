import type { NbdTlsOptions, NbdTlsPolicy } from '@coaio/nbd-client';
import { type Command, Option } from 'commander';

/** nbdkit's words, and ours. */
const POLICIES = { off: 'disable', on: 'allow', require: 'require' } as const satisfies Record<
  string,
  NbdTlsPolicy
>;

/** As commander gives them: each under libnbd's name. */
export interface TlsFlags {
  tls?: keyof typeof POLICIES;
  tlsCertificates?: string;
  tlsPskFile?: string;
  tlsUsername?: string;
  tlsHostname?: string;
  tlsVerifyPeer: boolean;
}

export function addTlsOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--tls <policy>',
        'default: as the URI has it, or require with another --tls option',
      ).choices(Object.keys(POLICIES)),
    )
    .addOption(new Option('--tls-certificates <folder>', 'with ca-cert.pem, client-cert.pem, client-key.pem'))
    .addOption(new Option('--tls-psk-file <file>', 'of lines IDENTITY:HEXKEY'))
    .addOption(new Option('--tls-username <name>', 'whose key of the file to use'))
    .addOption(new Option('--tls-hostname <name>', "that the server's certificate must be for"))
    .addOption(new Option('--no-tls-verify-peer', 'take whoever answers for the server'));
}

/** Takes the TLS options out of `options`. @returns undefined when there were none */
export function takeTls<T extends TlsFlags>(
  options: T,
): { tls: NbdTlsOptions | undefined; rest: Omit<T, keyof TlsFlags> } {
  const {
    tls: policy,
    tlsCertificates,
    tlsPskFile,
    tlsUsername,
    tlsHostname,
    tlsVerifyPeer,
    ...rest
  } = options;
  const tls: NbdTlsOptions = {
    ...(policy !== undefined && { policy: POLICIES[policy] }),
    ...(tlsCertificates !== undefined && { certificates: tlsCertificates }),
    ...(tlsPskFile !== undefined && { psk: tlsPskFile }),
    ...(tlsUsername !== undefined && { username: tlsUsername }),
    ...(tlsHostname !== undefined && { hostname: tlsHostname }),
    ...(!tlsVerifyPeer && { verifyPeer: false }),
  };
  return { tls: Object.keys(tls).length === 0 ? undefined : tls, rest };
}
