import { isFault } from './domain/errors.ts';

/** Runs with the arguments after its name; resolves with the exit code, a server's when it has stopped. */
export type Command = (args: readonly string[]) => Promise<number>;

/** Loaded on demand: `token` needs no server, and the start of a server no other command. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./cli/serve.ts')).serve,
  migrate: async () => (await import('./cli/migrate.ts')).migrate,
  demo: async () => (await import('./cli/demo.ts')).demo,
  audit: async () => (await import('./cli/audit.ts')).audit,
  job: async () => (await import('./cli/job.ts')).job,
  live: async () => (await import('./cli/live.ts')).live,
  order: async () => (await import('./cli/order.ts')).order,
  replay: async () => (await import('./cli/replay.ts')).replay,
  sale: async () => (await import('./cli/sale.ts')).sale,
  token: async () => (await import('./cli/token.ts')).token,
};

const HELP = `Usage: floodgate <command> [options]

  serve     runs the server; 'serve --help' lists every setting
  demo      runs the server with sales to try: [--reset]
  migrate   applies database migrations
  audit     reconciles queue, log, store and live state of a sale: <sale> [--json]
  job       lists jobs that refund or cancel orders, stops and resumes them: list, show, stop, resume; 'job --help'
  live      rebuilds the live figures of a sale from the log: rebuild <sale> [--json]
  order     lists the orders of all buyers: list [--sale s1] [--format table|csv|ndjson]; show <id>
  replay    lists dead letters, and sends them back to the log: [--apply] [--json]
  sale      makes sales and steers them: list, show, create, publish, pause, resume, extend, add-stock, close, archive,
            refund, cancel-orders; 'sale --help'
  token     prints an access token: --user u1 [--role buyer|admin] [--ttl 1h]
            revoke --user u1 [--before <time>]: revokes the tokens that the user was issued before
`;

/** An error that the user can fix is one line and exit code 1. Any other error is a bug and is thrown, with its stack. */
export async function run([name, ...args]: readonly string[]): Promise<number> {
  const load = name === undefined ? undefined : COMMANDS[name];
  if (load === undefined) {
    const isHelp = name === undefined || name === '--help' || name === '-h' || name === 'help';
    (isHelp ? process.stdout : process.stderr).write(isHelp ? HELP : `floodgate: unknown command '${name}'\n\n${HELP}`);
    return isHelp && name !== undefined ? 0 : 1;
  }
  try {
    return await (await load())(args);
  } catch (error) {
    if (!isUserError(error)) throw error;
    process.stderr.write(`floodgate: ${error.message}\n`);
    return 1;
  }
}

function isUserError(error: unknown): error is Error {
  return isFault(error) || (error instanceof TypeError && 'code' in error && isArgumentCode(error.code));
}

/** Whether it is an error code of node:util's parseArgs. */
function isArgumentCode(code: unknown): boolean {
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
}
