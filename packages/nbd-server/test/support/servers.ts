import { onTestFinished } from 'vitest';
import { MemoryExport, type NbdBackend, NbdServer, type NbdServerOptions } from '../../src/index.js';
import { pattern } from './raw-client.js';

export interface Complaint {
  error: unknown;
  clientName: string;
}

/** A server with `backend` as its default export, closed when the test ends, and what it complained of. */
export function serverOf(
  backend: NbdBackend,
  options: NbdServerOptions = {},
): { server: NbdServer; complaints: Complaint[] } {
  const complaints: Complaint[] = [];
  const server = new NbdServer({
    onConnectionError: (error, clientName) => complaints.push({ error, clientName }),
    ...options,
  });
  server.addExport('', backend);
  onTestFinished(() => server.close());
  return { server, complaints };
}

/** A small disk with something on it. */
export function smallDisk(size = 4096): MemoryExport {
  return MemoryExport.from(pattern(size));
}

/** Transports that feed a server whole and byte by byte. */
export const BOTH_WAYS = [
  ['whole', {}],
  ['byte by byte', { maxTransfer: 1 }],
] as const;
