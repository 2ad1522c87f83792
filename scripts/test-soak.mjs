// npm run test:soak: each package's tests, with the stress tests at length. Names of packages limit it to those.
process.env['COAIO_SOAK'] = '1';
// Only now: it passes on the environment as it is when it is loaded.
const { build, install, run } = await import('./workspace.mjs');

install();
build();
const filters = process.argv.slice(2).map((name) => `--filter=${name}`);
// Forced: that the short ones have passed says nothing. One at a time, for rates that mean something.
run('turbo', ['run', 'unit', '--force', '--concurrency=1', '--output-logs=new-only', ...filters], {
  output: 'stdout',
});
