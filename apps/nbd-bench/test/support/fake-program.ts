import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Puts a program of that name into `folder`; `body` is what its script does, with its arguments in `args`. */
export function fakeProgram(folder: string, name: string, body: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!${process.execPath}\nconst args = process.argv.slice(2);\n${body}\n`);
  chmodSync(file, 0o755);
}
