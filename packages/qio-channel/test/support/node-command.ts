/** A command that runs everywhere: Node itself, with a script. */
export function nodeCommand(script: string, ...args: string[]): string[] {
  return [process.execPath, '-e', script, ...args];
}
