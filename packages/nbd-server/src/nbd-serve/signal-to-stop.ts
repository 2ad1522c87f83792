/** What a shell reports of a command that the signal killed. */
const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** Waits for SIGINT or SIGTERM. At the next one the process exits, after `leave`. */
export async function signalToStop(leave: () => void): Promise<void> {
  await new Promise<void>((resolve) => {
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping) {
          leave();
          process.exit(EXIT_BY_SIGNAL[signal]);
        }
        stopping = true;
        resolve();
      });
    }
  });
}
