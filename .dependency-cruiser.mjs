// The ladder of ARCHITECTURE.md: a package may import the packages below it, and nothing above or beside.
const below = {
  'aio-context': [],
  coroutine: ['aio-context'],
  'co-queue': ['aio-context', 'coroutine'],
  'co-mutex': ['aio-context', 'coroutine'],
  'qio-channel': ['aio-context', 'coroutine'],
  'nbd-protocol': [],
  'nbd-client': ['aio-context', 'coroutine', 'co-queue', 'co-mutex', 'qio-channel', 'nbd-protocol'],
  'nbd-server': ['aio-context', 'coroutine', 'co-queue', 'co-mutex', 'qio-channel', 'nbd-protocol'],
};

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      comment: 'An import that nothing provides: not built, not declared, or misspelt.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...Object.entries(below).map(([name, allowed]) => ({
      name: `ladder-${name}`,
      severity: 'error',
      from: { path: `^packages/${name}/src/` },
      to: {
        path: '^(packages|apps|interop|contracts)/',
        pathNot: [`^packages/${name}/`, ...allowed.map((below) => `^packages/${below}/`)],
      },
    })),
    {
      name: 'sans-io',
      comment: 'nbd-protocol knows no sockets, no clock and no threads.',
      severity: 'error',
      from: { path: '^packages/nbd-protocol/src/' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'only-the-public-index',
      comment: "A package's inside is its own: others import it by name.",
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^(packages|apps)/([^/]+)/src/', pathNot: '^(packages|apps)/$2/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/.*\\.map$', '\\.cpuprofile$'] },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default', 'types'] },
  },
};
