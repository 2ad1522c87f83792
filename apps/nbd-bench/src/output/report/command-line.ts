/** What to type into a shell for `args`. */
export function commandLine(args: readonly string[]): string {
  return ['nbd-bench', ...args.map(quoted)].join(' ');
}

function quoted(arg: string): string {
  return /^[\w%+,./:=@-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
