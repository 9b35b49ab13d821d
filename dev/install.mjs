import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { npm, ROOT, run, say } from './run.mjs';
import { installStep, programs } from './servers/apt.mjs';

/** Installs and builds exclude each other, because each changes what the other reads. */
const LOCK = join(ROOT, '.cache/prepare.lock');

/** A slow network takes a few minutes; one that takes longer than this is broken. */
const INSTALL_TIMEOUT_MS = 600_000;
/** On two cores with a fast network. */
const INSTALL_SECONDS = 30;

const COMPILE_TIMEOUT_MS = 900_000;
/** On two cores. */
const COMPILE_SECONDS = 80;

/** The last file that node-gyp writes. */
const RDKAFKA_BINARY = join(ROOT, 'node_modules/node-rdkafka/build/Release/node-librdkafka.node');

/** What node-gyp and the build of librdkafka call. */
const COMPILER = ['g++', 'make', 'python3'];
/** With the headers; without them librdkafka builds too, but without TLS and SCRAM. */
const COMPILER_PACKAGES = [...COMPILER, 'libssl-dev', 'zlib1g-dev'];
/** On two cores with a fast network. */
const COMPILER_SECONDS = 20;

export function exclusively(body) {
  return withLock(LOCK, body, {
    onWait: (pid) => say(`waiting for process ${pid}, which is installing or building here`),
  });
}

/** Installs the packages of package-lock.json if node_modules differs. No install script runs: the binaries are prebuilt. */
export async function ensureInstalled() {
  if (reasonToInstall() === undefined) return;
  await exclusively(async () => {
    const reason = reasonToInstall();
    if (reason === undefined) return;
    say(`installing packages (${reason})`);
    await npmRun('npm ci', ['ci', '--ignore-scripts', '--include=dev', '--include=optional'], INSTALL_TIMEOUT_MS);
  });
}

/** Compiles the Kafka client, for which there is no prebuilt binary: once, and only where Kafka is needed. */
export async function ensureKafkaClient() {
  await ensureInstalled();
  if (existsSync(RDKAFKA_BINARY)) return;
  await exclusively(async () => {
    if (existsSync(RDKAFKA_BINARY)) return;
    await programs(COMPILER, COMPILER_PACKAGES, say);
    say('compiling node-rdkafka (there is no prebuilt binary; takes a minute or two)');
    await npmRun('npm rebuild node-rdkafka', ['rebuild', 'node-rdkafka', '--ignore-scripts=false'], COMPILE_TIMEOUT_MS);
  });
}

/** @returns {import('./preparation.mjs').Step | undefined} */
export function missingPackages() {
  const reason = reasonToInstall();
  return reason === undefined ? undefined : { what: `npm packages (${reason})`, seconds: INSTALL_SECONDS };
}

/** @returns {(import('./preparation.mjs').Step | undefined)[]} */
export function missingKafkaClient() {
  if (existsSync(RDKAFKA_BINARY)) return [];
  return [
    installStep(COMPILER, COMPILER_PACKAGES, COMPILER_SECONDS),
    { what: 'Kafka client, compiled from source', seconds: COMPILE_SECONDS },
  ];
}

function npmRun(what, args, timeoutMs) {
  const [command, ...first] = npm();
  return run(what, command, [...first, ...args, '--no-audit', '--no-fund'], { timeoutMs });
}

/**
 * Why node_modules can't be used as it is; undefined when it can. npm writes its own lock file into node_modules last, so
 * an interrupted install is noticed, and one made by hand is accepted.
 */
function reasonToInstall() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  return installed === undefined ? 'there are none' : differenceOf(wanted ?? {}, installed);
}

/** The first package that is missing or has another version; optional ones may be for other machines. */
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
