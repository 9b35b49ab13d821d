import { parseArgs } from 'node:util';
import { startApp } from '../app/app.ts';
import { setV8Flags } from '../app/process/v8-flags.ts';
import { loadConfig, settingsHelp } from '../config.ts';
import { untilSignal } from './until-signal.ts';

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
  setV8Flags();
  return untilSignal(() => startApp(loadConfig()));
}
