import { isFault } from './domain/errors.ts';

/** Runs with the arguments behind its name; resolves with the exit code, for a server when it has stopped. */
export type Command = (args: readonly string[]) => Promise<number>;

/** Loaded when asked for: a token needs no server, and a server's start no other command. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./cli/serve.ts')).serve,
  migrate: async () => (await import('./cli/migrate.ts')).migrate,
  demo: async () => (await import('./cli/demo.ts')).demo,
  audit: async () => (await import('./cli/audit.ts')).audit,
  replay: async () => (await import('./cli/replay.ts')).replay,
  token: async () => (await import('./cli/token.ts')).token,
};

const HELP = `Usage: floodgate <command> [options]

  serve     answers HTTP, stores orders and looks after them; 'serve --help' lists every setting
  demo      the same, with sales to try
  migrate   brings the database up to date and ends
  audit     holds the sides of a sale against each other: <sale> [--json]
  replay    lists the log records that were set aside, and sends them back: [--apply] [--json]
  token     prints a token: --user u1 [--role buyer|admin] [--ttl 1h]
`;

/** What the user can mend is one line and exit code 1; anything else is a bug and shows where. */
export async function run([name, ...args]: readonly string[]): Promise<number> {
  const load = name === undefined ? undefined : COMMANDS[name];
  if (load === undefined) {
    const asked = name === undefined || name === '--help' || name === '-h' || name === 'help';
    (asked ? process.stdout : process.stderr).write(
      asked ? HELP : `floodgate: there is no command '${name}'\n\n${HELP}`,
    );
    return asked && name !== undefined ? 0 : 1;
  }
  try {
    return await (await load())(args);
  } catch (error) {
    if (!isUsersToMend(error)) throw error;
    process.stderr.write(`floodgate: ${error.message}\n`);
    return 1;
  }
}

function isUsersToMend(error: unknown): error is Error {
  return isFault(error) || (error instanceof TypeError && 'code' in error && isArgumentCode(error.code));
}

/** The codes of node:util's parseArgs. */
function isArgumentCode(code: unknown): boolean {
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
}
