import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCompiler } from './compiler.mjs';
import { withLock } from './lock.mjs';
import { npm, ROOT, run, say } from './run.mjs';

/** Installs and builds exclude each other: both change what the other one reads. */
const LOCK = join(ROOT, '.cache/prepare.lock');

/** A slow network takes a few minutes; one that takes longer than this is broken. */
const INSTALL_TIMEOUT_MS = 600_000;

/** librdkafka takes 80 s on two cores. */
const COMPILE_TIMEOUT_MS = 900_000;

/** What node-gyp leaves behind when it is done. */
const RDKAFKA_BINARY = join(ROOT, 'node_modules/node-rdkafka/build/Release/node-librdkafka.node');

export function exclusively(body) {
  return withLock(LOCK, body);
}

/** Makes node_modules what package-lock.json says. No install script runs: the binaries come prebuilt. */
export async function ensureInstalled() {
  if (whatIsMissing() === undefined) return;
  await exclusively(async () => {
    const reason = whatIsMissing();
    if (reason === undefined) return;
    say(`installing packages (${reason})`);
    await npmRun('npm ci', ['ci', '--ignore-scripts', '--include=dev', '--include=optional'], INSTALL_TIMEOUT_MS);
  });
}

/** Compiles the Kafka client, for which there is no prebuilt binary: once, and only for who needs Kafka. */
export async function ensureKafkaClient() {
  await ensureInstalled();
  if (existsSync(RDKAFKA_BINARY)) return;
  await exclusively(async () => {
    if (existsSync(RDKAFKA_BINARY)) return;
    await ensureCompiler();
    say('compiling node-rdkafka (there is no prebuilt one; takes a minute or two)');
    await npmRun('npm rebuild node-rdkafka', ['rebuild', 'node-rdkafka', '--ignore-scripts=false'], COMPILE_TIMEOUT_MS);
  });
}

function npmRun(what, args, timeoutMs) {
  const [command, ...first] = npm();
  return run(what, command, [...first, ...args, '--no-audit', '--no-fund'], { timeoutMs });
}

/**
 * Why node_modules can't be used as it is; undefined when it can. npm writes its own lock into node_modules as the
 * last thing that it does, so an interrupted install is seen, and one made by hand is taken as it is.
 */
function whatIsMissing() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  return installed === undefined ? 'there are none' : differenceOf(wanted ?? {}, installed);
}

/** The first package that is missing or of another version; optional ones may be for other machines. */
export function differenceOf(wanted, installed) {
  for (const [path, { version, integrity, optional, devOptional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = installed[path];
    const name = path.replace(/^.*node_modules\//, '');
    if (found === undefined) {
      if (optional || devOptional) continue;
      return `${name} is missing`;
    }
    if (found.version !== version || found.integrity !== integrity) return `${name} should be ${version}`;
  }
  return undefined;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
