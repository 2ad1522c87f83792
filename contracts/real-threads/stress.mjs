/** How long a stress test runs: about a second; with COAIO_SOAK so many milliseconds, 1 = ten seconds. */
export function stressMs(quickMs = 1000) {
  const soak = Number(process.env['COAIO_SOAK'] ?? 0);
  return soak > 1 ? soak : soak === 1 ? 10_000 : quickMs;
}

/** From COAIO_SEED, else a new one: threads make each run another one, but what they try is the same. */
export function stressSeed() {
  return Number(process.env['COAIO_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
}

/** A stress test is run for its rate too. @param {string} line */
export function print(line) {
  // biome-ignore lint/suspicious/noConsole: that is what it is for
  console.info(line);
}
