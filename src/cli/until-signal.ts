import type { App } from '../app/app.ts';
import { withTimeLimit } from '../resilience/time-limit.ts';

/** The exit code of a process that Ctrl-C has ended: 128 and the signal's number. */
const INTERRUPTED = 130;

/** A process that has broken may not be able to stop either, and its supervisor waits to start it anew. */
const BROKEN_STOP_MS = 5_000;

/** npm forwards the signal that the terminal has sent to both processes: two signals within this time are one. */
const DUPLICATE_SIGNAL_MS = 500;

/**
 * Starts, and stops at the first SIGTERM or SIGINT; resolves with the exit code. A signal before the start is complete ends
 * the process at once, and so does a second signal. Errors: those of the start, and of an app that breaks.
 */
export async function untilSignal(start: () => Promise<Pick<App, 'stop' | 'broken'>>): Promise<number> {
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
  const signalled = new Promise<void>((resolve) => {
    beginStop = resolve;
  });
  try {
    await Promise.race([signalled, app.broken]);
  } catch (fault) {
    // Answers what is in flight, with 503.
    await withTimeLimit(app.stop(), { ms: BROKEN_STOP_MS, onLate: () => {} });
    throw fault;
  }
  await app.stop();
  return 0;
}
