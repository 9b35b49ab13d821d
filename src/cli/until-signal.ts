import type { App } from '../app/app.ts';

/** The usual exit code of a process that Ctrl-C has ended: 128 and the signal's number. */
const INTERRUPTED = 130;

/** npm passes on to us what the terminal has sent to both: two signals so close together are one. */
const ECHO_MS = 500;

/**
 * Starts, and stops at the first SIGTERM or SIGINT; resolves with the exit code. A signal that comes before all has
 * started ends the process at once, and so does a second one.
 */
export async function untilSignal(start: () => Promise<Pick<App, 'stop'>>): Promise<number> {
  let tell: (() => void) | undefined;
  let firstAt: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    firstAt ??= now;
    if (tell === undefined || now - firstAt > ECHO_MS) process.exit(INTERRUPTED);
    tell();
  };
  // Before the start, since whoever reads that we listen may send one in the next moment.
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const app = await start();
  await new Promise<void>((resolve) => {
    tell = resolve;
  });
  await app.stop();
  return 0;
}
