import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pollUntil } from '../poll.mjs';
import { kafkaAnswers, mongodbAnswers, mysqlAnswers, redisAnswers } from './probes.mjs';
import { find, run } from './run.mjs';
import { readState } from './state.mjs';

/** Tests do not wait longer for an engine that doesn't answer. */
const ENGINE_TIMEOUT_MS = 5000;
/** MySQL creates its data folder at the first start. */
const READY_TIMEOUT_MS = 180_000;
const PROBE_EVERY_MS = 100;

const FILE = join(import.meta.dirname, 'compose.yaml');
const TITLES = { redis: 'Redis', kafka: 'Kafka', mysql: 'MySQL', mongodb: 'MongoDB' };
const PROBES = { redis: redisAnswers, kafka: kafkaAnswers, mysql: mysqlAnswers, mongodb: mongodbAnswers };

/** Whether a Docker engine with compose answers. */
export async function dockerAnswers() {
  if (find('docker') === undefined) return false;
  const limits = { timeoutMs: ENGINE_TIMEOUT_MS };
  return run('docker', ['info'], limits)
    .then(() => run('docker', ['compose', 'version'], limits))
    .then(
      () => true,
      () => false,
    );
}

/** The servers as containers: here MySQL and MongoDB themselves, no substitutes. */
export function dockerServers({ dir, log }) {
  const project = `floodgate-${createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 8)}`;
  const logFile = (name) => join(dir, `${name}.log`);
  const ports = () => readState(dir).ports;

  const compose = (...args) => {
    const env = Object.fromEntries(
      Object.entries(ports()).map(([name, port]) => [`FLOODGATE_${name.toUpperCase()}_PORT`, String(port)]),
    );
    return run('docker', ['compose', '-p', project, '-f', FILE, ...args], { env });
  };

  const isRunning = async (name) => (await compose('ps', '-q', '--status', 'running', name)).trim() !== '';

  async function start(name) {
    await compose('up', '-d', name);
    const state = await pollUntil(
      async () => {
        if (await PROBES[name](ports()[name])) return 'ready';
        return (await isRunning(name)) ? undefined : 'ended';
      },
      { everyMs: PROBE_EVERY_MS, timeoutMs: READY_TIMEOUT_MS },
    );
    if (state === 'ready') return;
    const output = await compose('logs', '--tail', '40', name);
    throw new Error(`${TITLES[name]} did not become ready\n${output}`);
  }

  /** A container writes no log file here, so its output is saved when it is stopped. */
  async function stop(name, how = 'SIGTERM') {
    if (!(await isRunning(name))) return;
    if (how === 'SIGTERM') await compose('stop', name);
    else await compose('kill', '-s', how, name);
    appendFileSync(logFile(name), await compose('logs', '--no-color', name));
  }

  return {
    prepare: async (name) => {
      log(`pulling the image of ${TITLES[name]} if it is missing`);
      await compose('pull', '--policy', 'missing', '-q', name);
    },
    start,
    stop,
    signal: (name, how) => compose('kill', '-s', how, name).then(() => true),
    pid: () => undefined,
    isUp: async (name) => (await isRunning(name)) && PROBES[name](ports()[name]),
    logFile,
    title: (name) => TITLES[name],
    stopAll: async () => {
      await compose('down');
    },
    /** Also removes the volumes. */
    remove: () => compose('down', '-v'),
  };
}
