const FIRST = 3;

/**
 * Takes out of `environment` what says which sockets this process was started with (sd_listen_fds(3)): it is not meant for a child.
 *
 * @returns their descriptors; none: it was started otherwise.
 */
export function takeActivatedDescriptors(environment: NodeJS.ProcessEnv, pid: number): number[] {
  const { LISTEN_PID, LISTEN_FDS } = environment;
  if (Number(LISTEN_PID) !== pid) return [];
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete environment[name];
  const count = /^[0-9]{1,4}$/.test(LISTEN_FDS ?? '') ? Number(LISTEN_FDS) : 0;
  return Array.from({ length: count }, (_, index) => FIRST + index);
}
