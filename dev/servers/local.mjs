import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kafka } from './kafka.mjs';
import { mongodb } from './mongodb.mjs';
import { mysql } from './mysql.mjs';
import { gone, identityOf, isAlive, launch, signal } from './processes.mjs';
import { redis } from './redis.mjs';
import { readState, writeState } from './state.mjs';

/** Recovery of a big log takes a while; a machine with two busy cores takes longer. */
const READY_TIMEOUT_MS = 120_000;
const PROBE_EVERY_MS = 25;
/** A server that has not ended on its own by then is killed. */
const STOP_TIMEOUT_MS = 30_000;
const LOG_TAIL_BYTES = 4000;

export const SERVERS = [redis, kafka, mysql, mongodb];

const serverOf = (name) => {
  const server = SERVERS.find((one) => one.name === name);
  if (server === undefined)
    throw new Error(`no server is named ${name}: there are ${SERVERS.map((s) => s.name).join(', ')}`);
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
    // Written before it is ready, so that an interrupted start can be stopped.
    remember(name, started);
    await ready(server, ports, started, logFrom);
  }

  async function ready(server, ports, started, logFrom = 0) {
    const end = performance.now() + READY_TIMEOUT_MS;
    while (!(await server.answers(ports))) {
      const alive = isAlive(started);
      if (alive && performance.now() < end) {
        await delay(PROBE_EVERY_MS);
        continue;
      }
      const what = alive ? `did not answer within ${READY_TIMEOUT_MS / 1000} s` : 'ended before it was ready';
      throw new Error(`${server.title} ${what}\n${tail(logFile(server.name), logFrom)}`);
    }
  }

  /** Sends the signal and waits for the end; a server that ignores it is killed in the end. */
  async function stop(name, how = 'SIGTERM') {
    const running = processOf(name);
    if (running === undefined) return;
    if (signal(running, how)) {
      // One that was suspended can't hear the signal before it goes on.
      signal(running, 'SIGCONT');
      if (!(await gone(running, STOP_TIMEOUT_MS))) {
        log(`${serverOf(name).title} did not end by ${how}: it is killed`);
        signal(running, 'SIGKILL');
        await gone(running, STOP_TIMEOUT_MS);
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
