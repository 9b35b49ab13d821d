import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pollUntil } from '../poll.mjs';
import { kafka } from './kafka.mjs';
import { mongodb } from './mongodb.mjs';
import { mysql } from './mysql.mjs';
import { hasEnded, identityOf, isAlive, launch, signal } from './processes.mjs';
import { redis } from './redis.mjs';
import { readState, writeState } from './state.mjs';

/** Recovery from a large log takes long, and longer on two busy cores. */
const READY_TIMEOUT_MS = 120_000;
const PROBE_EVERY_MS = 25;
/** A server that has not ended after this is killed. */
const STOP_TIMEOUT_MS = 30_000;
const LOG_TAIL_BYTES = 4000;

export const SERVERS = [redis, kafka, mysql, mongodb];

const serverOf = (name) => {
  const server = SERVERS.find((one) => one.name === name);
  if (server === undefined)
    throw new Error(`unknown server ${name}: choose from ${SERVERS.map((s) => s.name).join(', ')}`);
  return server;
};

/** Servers as plain processes of this machine, with their data and logs in `dir`. */
export function localServers({ dir, args = {}, log }) {
  const logFile = (name) => join(dir, `${name}.log`);

  const processOf = (name) => readState(dir)?.processes[name];

  /** Installs, downloads or builds what the server needs. */
  const prepare = (name) => serverOf(name).prepare(log);

  async function start(name) {
    const server = serverOf(name);
    const { ports } = readState(dir);
    const running = processOf(name);
    if (isAlive(running)) return ready(server, ports, running);

    const tools = await prepare(name);
    const folder = join(dir, name);
    mkdirSync(folder, { recursive: true });
    const plan = await server.plan({ tools, folder, ports, args: args[name] ?? [] });
    const logFrom = existsSync(logFile(name)) ? statSync(logFile(name)).size : 0;
    const child = await launch(plan, logFile(name));
    const started = { pid: child.pid, identity: identityOf(child.pid) };
    // Stored before it is ready, so that an interrupted start can still be stopped.
    remember(name, started);
    await ready(server, ports, started, logFrom);
  }

  async function ready(server, ports, started, logFrom = 0) {
    const state = await pollUntil(
      async () => {
        if (await server.answers(ports)) return 'ready';
        return isAlive(started) ? undefined : 'ended';
      },
      { everyMs: PROBE_EVERY_MS, timeoutMs: READY_TIMEOUT_MS },
    );
    if (state === 'ready') return;
    const what = state === 'ended' ? 'ended before it was ready' : `did not answer within ${READY_TIMEOUT_MS / 1000} s`;
    throw new Error(`${server.title} ${what}\n${tail(logFile(server.name), logFrom)}`);
  }

  /** Sends the signal and waits for the end; a server that ignores it is killed after a while. */
  async function stop(name, how = 'SIGTERM') {
    const running = processOf(name);
    if (running === undefined) return;
    if (signal(running, how)) {
      // A suspended process handles no signal before it is resumed.
      signal(running, 'SIGCONT');
      if (!(await hasEnded(running, STOP_TIMEOUT_MS))) {
        log(`${serverOf(name).title} did not end by ${how} and is killed`);
        signal(running, 'SIGKILL');
        await hasEnded(running, STOP_TIMEOUT_MS);
      }
    }
    remember(name, undefined);
  }

  function remember(name, which) {
    const state = readState(dir);
    const { [name]: _, ...others } = state.processes;
    writeState(dir, { ...state, processes: which === undefined ? others : { ...others, [name]: which } });
  }

  return {
    prepare,
    start,
    stop,
    signal: (name, how) => signal(processOf(name), how),
    pid: (name) => (isAlive(processOf(name)) ? processOf(name).pid : undefined),
    isUp: async (name) => isAlive(processOf(name)) && serverOf(name).answers(readState(dir).ports),
    logFile,
    title: (name) => serverOf(name).title,
    stopAll: (names) => Promise.all(names.map((name) => stop(name))),
  };
}

function tail(path, from) {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const start = Math.max(from, size - LOG_TAIL_BYTES);
    const bytes = Buffer.alloc(size - start);
    readSync(file, bytes, 0, bytes.length, start);
    return `the end of ${path}:\n${bytes.toString().trim()}`;
  } finally {
    closeSync(file);
  }
}
