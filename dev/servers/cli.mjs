import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_DIR, down, NAMES, status, Unsupported, up, urlsOf } from './index.mjs';

const USAGE = `npm run servers -- up | down | status | env   [options]

  up       start Redis, MariaDB, Kafka and FerretDB, or as containers where a Docker engine answers
  down     stop what up has started, and keep the data
  status   which of them run (exit code 3 unless all do)
  env      print REDIS_URL, KAFKA_BROKERS, MYSQL_URL and MONGODB_URL as shell exports

  --dir <folder>                  data, logs and state   (SERVERS_DIR; .cache/servers in the repository)
  --only redis,kafka,…            of ${NAMES.join(', ')}
  --way auto | local | docker     (SERVERS_WAY; auto)
  --redis-port, --kafka-port, --mysql-port, --mongodb-port <port>   default: free ones
`;

/** The LSB exit code of a status command for a service that doesn't run. */
const EXIT_NOT_RUNNING = 3;
const EXIT_UNSUPPORTED = 4;
const EXIT_USAGE = 2;
/** The shell's exit code of a program that Ctrl-C has ended. */
const EXIT_INTERRUPTED = 130;

const COMMANDS = { up: start, down: stop, status: show, env };

const log = (line) => console.error(line);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  log(error.message);
  process.exitCode = error instanceof Unsupported ? EXIT_UNSUPPORTED : 1;
}

async function main(argv) {
  const { values, positionals } = parse(argv);
  const dir = resolve(values.dir ?? process.env.SERVERS_DIR ?? DEFAULT_DIR);
  const only = values.only?.split(',') ?? NAMES;
  const command = COMMANDS[positionals[0] ?? ''];
  if (command !== undefined) return command({ dir, only, values });
  log(USAGE);
  return EXIT_USAGE;
}

async function start({ dir, only, values }) {
  const before = performance.now();
  process.once('SIGINT', () => {
    log('interrupted; `down` stops what has been started');
    process.exit(EXIT_INTERRUPTED);
  });
  const way = values.way ?? process.env.SERVERS_WAY ?? 'auto';
  const servers = await up({ dir, only, way, ports: portsOf(values), log });
  log(`up in ${((performance.now() - before) / 1000).toFixed(1)} s`);
  for (const [name, url] of Object.entries(servers.urls)) log(`  ${name}=${url}`);
  return 0;
}

async function stop({ dir }) {
  const stopped = await down({ dir, log });
  log(stopped.length === 0 ? 'nothing was running' : `stopped ${stopped.join(', ')}`);
  return 0;
}

async function show({ dir, only }) {
  const all = (await status({ dir })).filter(({ name }) => only.includes(name));
  for (const { name, title, up: isUp, pid, url } of all) {
    console.log(isUp ? `${name.padEnd(8)} up    ${pid ?? ''} ${title} ${url}` : `${name.padEnd(8)} down`);
  }
  return all.every((one) => one.up) ? 0 : EXIT_NOT_RUNNING;
}

async function env({ dir, only }) {
  const stopped = (await status({ dir })).filter(({ name, up: isUp }) => only.includes(name) && !isUp);
  if (stopped.length > 0) {
    log(`not running: ${stopped.map(({ name }) => name).join(', ')}; start with: npm run servers -- up`);
    return EXIT_NOT_RUNNING;
  }
  for (const [name, url] of Object.entries(urlsOf(dir, only))) console.log(`export ${name}='${url}'`);
  return 0;
}

function parse(argv) {
  const option = { type: 'string' };
  const ports = Object.fromEntries(NAMES.map((name) => [`${name}-port`, option]));
  return parseArgs({
    args: argv,
    allowPositionals: true,
    options: { dir: option, only: option, way: option, ...ports },
  });
}

function portsOf(values) {
  const given = NAMES.filter((name) => values[`${name}-port`] !== undefined);
  return Object.fromEntries(
    given.map((name) => {
      const port = Number(values[`${name}-port`]);
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        throw new Error(`--${name}-port must be a number from 1 to 65535`);
      return [name, port];
    }),
  );
}
