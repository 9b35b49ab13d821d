import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_DIR, down, Impossible, NAMES, status, up, urlsOf } from './index.mjs';

const USAGE = `npm run servers -- up | down | status | env   [options]

  up       start Redis, MariaDB, Kafka and FerretDB, or as containers where a Docker engine answers
  down     stop what up started; the data stays
  status   what runs (exit code 3 unless all do)
  env      print REDIS_URL, KAFKA_BROKERS, MYSQL_URL and MONGODB_URL as shell exports

  --dir <folder>                  data, logs and state   (SERVERS_DIR; .cache/servers in the repository)
  --only redis,kafka,…            of ${NAMES.join(', ')}
  --way auto | local | docker     (SERVERS_WAY; auto)
  --redis-port, --kafka-port, --mysql-port, --mongodb-port <port>   free ones if not given
`;

/** What LSB's status command answers for a service that doesn't run. */
const EXIT_NOT_RUNNING = 3;
const EXIT_IMPOSSIBLE = 4;

const log = (line) => console.error(line);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  log(error.message);
  process.exitCode = error instanceof Impossible ? EXIT_IMPOSSIBLE : 1;
}

async function main(argv) {
  const { values, positionals } = parse(argv);
  const dir = resolve(values.dir ?? process.env.SERVERS_DIR ?? DEFAULT_DIR);
  const only = values.only?.split(',') ?? NAMES;
  const [command] = positionals;

  if (command === 'up') {
    const before = performance.now();
    process.once('SIGINT', () => {
      log('interrupted: `down` stops what was started');
      process.exit(130);
    });
    const way = values.way ?? process.env.SERVERS_WAY ?? 'auto';
    const servers = await up({ dir, only, way, ports: portsOf(values), log });
    log(`up in ${((performance.now() - before) / 1000).toFixed(1)} s`);
    for (const [name, url] of Object.entries(servers.urls)) log(`  ${name}=${url}`);
    return 0;
  }
  if (command === 'down') {
    const stopped = await down({ dir, log });
    log(stopped.length === 0 ? 'nothing was running' : `stopped ${stopped.join(', ')}`);
    return 0;
  }
  const all = (await status({ dir })).filter(({ name }) => only.includes(name));
  const isUp = all.every((one) => one.up);
  if (command === 'status') {
    for (const { name, title, up: runs, pid, url } of all) {
      console.log([name.padEnd(8), runs ? 'up  ' : 'down', pid ?? '', runs ? title : '', runs ? url : ''].join(' ').trimEnd());
    }
    return isUp ? 0 : EXIT_NOT_RUNNING;
  }
  if (command === 'env') {
    if (!isUp) {
      log(`not running: ${all.filter((one) => !one.up).map((one) => one.name).join(', ')}; start with: npm run servers -- up`);
      return EXIT_NOT_RUNNING;
    }
    for (const [name, url] of Object.entries(urlsOf(dir, only))) console.log(`export ${name}='${url}'`);
    return 0;
  }
  log(USAGE);
  return 2;
}

function parse(argv) {
  const option = { type: 'string' };
  const ports = Object.fromEntries(NAMES.map((name) => [`${name}-port`, option]));
  return parseArgs({ args: argv, allowPositionals: true, options: { dir: option, only: option, way: option, ...ports } });
}

function portsOf(values) {
  const given = NAMES.filter((name) => values[`${name}-port`] !== undefined);
  return Object.fromEntries(
    given.map((name) => {
      const port = Number(values[`${name}-port`]);
      if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--${name}-port must be a port, from 1 to 65535`);
      return [name, port];
    }),
  );
}
