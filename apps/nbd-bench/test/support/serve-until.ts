import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { newFolder } from './new-folder.js';

const SERVER = fileURLToPath(new URL('../children/dies-while-serving.mjs', import.meta.url));

/** @param read the one in which it dies, counted from 1, of those of `bytes`. @returns the URI */
export async function serveUntil(read: number, bytes = 4096): Promise<string> {
  const args = [SERVER, join(newFolder(), 'nbd.sock'), String(read), String(bytes)];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  const [line] = await once(server.stdout, 'data');
  return String(line).trim();
}
