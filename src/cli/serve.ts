import { parseArgs } from 'node:util';
import { type App, startApp } from '../app.ts';
import { loadConfig, settingsHelp } from '../config.ts';

const HELP = `Usage: floodgate serve

Serves until SIGTERM or SIGINT, then answers what is in flight and ends. A second signal ends it at once.

${settingsHelp()}
`;

export async function serve(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  return untilStopped(await startApp(loadConfig()));
}

/** The usual exit code of a process that a second Ctrl-C has ended: 128 and the signal's number. */
const INTERRUPTED = 130;

export async function untilStopped(app: Pick<App, 'stop'>): Promise<number> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(INTERRUPTED));
        resolve();
      });
    }
  });
  await app.stop();
  return 0;
}
