import type { App } from '../app/app.ts';

/** The exit code of a process that Ctrl-C has ended: 128 and the signal's number. */
const INTERRUPTED = 130;

/** npm forwards the signal that the terminal has sent to both processes: two signals within this time are one. */
const DUPLICATE_SIGNAL_MS = 500;

/**
 * Starts, and stops at the first SIGTERM or SIGINT; resolves with the exit code. A signal before the start is complete ends
 * the process at once, and so does a second signal.
 */
export async function untilSignal(start: () => Promise<Pick<App, 'stop'>>): Promise<number> {
  let beginStop: (() => void) | undefined;
  let firstAt: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    firstAt ??= now;
    if (beginStop === undefined || now - firstAt > DUPLICATE_SIGNAL_MS) process.exit(INTERRUPTED);
    beginStop();
  };
  // Before the start: a signal may arrive as soon as the log line says that the server listens.
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const app = await start();
  await new Promise<void>((resolve) => {
    beginStop = resolve;
  });
  await app.stop();
  return 0;
}
