import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dockerAnswers, dockerServers } from './docker.mjs';
import { Impossible } from './impossible.mjs';
import { localServers, SERVERS } from './local.mjs';
import { freePort, isFree } from './ports.mjs';
import { isAlive } from './processes.mjs';
import { locked, readState, writeState } from './state.mjs';

export { Impossible };

export const NAMES = SERVERS.map((server) => server.name);

/** Where `npm run servers` keeps its instance. */
export const DEFAULT_DIR = resolve(import.meta.dirname, '..', '..', '.cache', 'servers');

/**
 * Starts servers and resolves when each answers. What runs already in that folder is left as it is. See api.d.ts.
 *
 * @type {import('./api.d.ts').ServersTool['up']}
 */
export async function up(options = {}) {
  const { dir, only = NAMES, ports = {}, args = {}, way = 'auto', guard, partial = false, log = () => {} } = options;
  const temporary = dir === undefined;
  const home = temporary ? mkdtempSync(join(tmpdir(), 'floodgate-')) : resolve(dir);
  const guarded = guard ?? temporary;

  return locked(home, async () => {
    const before = readState(home);
    const chosenWay = before && mayRun(before) ? before.way : await choose(way);
    const chosenPorts = await choosePorts(only, ports, chosenWay, before);
    writeState(home, { way: chosenWay, ports: chosenPorts, processes: before?.processes ?? {} });
    const servers = open(home, chosenWay, args, log);
    const owner = guarded && chosenWay === 'local' ? startGuard(home, temporary) : undefined;

    const started = [];
    const missing = {};
    const present = () => only.filter((name) => missing[name] === undefined);
    try {
      for (const name of only) {
        await servers.prepare(name).catch((error) => {
          if (!partial || !(error instanceof Impossible)) throw error;
          missing[name] = error.message;
        });
      }
      await settled(
        present().map(async (name) => {
          if (await servers.isUp(name)) return;
          started.push(name);
          log(`starting ${servers.title(name)}`);
          await servers.start(name);
        }),
      );
    } catch (error) {
      await servers.stopAll(started);
      await leave();
      throw error;
    }

    async function leave() {
      if (temporary) {
        await servers.remove?.();
        rmSync(home, { recursive: true, force: true });
      }
      owner?.stdin.end();
    }

    return {
      way: chosenWay,
      dir: home,
      urls: urlsOf(home, present()),
      missing,
      start: (name) => servers.start(name),
      signal: (name, how) => servers.signal(name, how),
      pid: (name) => servers.pid(name),
      logFile: (name) => servers.logFile(name),
      async stop(name, how) {
        if (name !== undefined) return servers.stop(name, how);
        await servers.stopAll(present());
        await leave();
      },
    };
  });
}

/** Stops what runs in the folder; its data stays. Resolves with the names of what was stopped. */
export function down({ dir = DEFAULT_DIR, log = () => {} } = {}) {
  return locked(dir, async () => {
    const state = readState(dir);
    if (state === undefined) return [];
    const servers = open(dir, state.way, {}, log);
    const names = state.way === 'docker' ? NAMES : Object.keys(state.processes);
    await servers.stopAll(names);
    writeState(dir, { ...state, processes: {} });
    return names;
  });
}

/** Each server of the folder: whether it answers, its process and its URL. */
export async function status({ dir = DEFAULT_DIR } = {}) {
  const state = readState(dir);
  if (state === undefined) return NAMES.map((name) => ({ name, up: false }));
  const servers = open(dir, state.way, {}, () => {});
  return Promise.all(
    NAMES.map(async (name) => {
      const isUp = (await servers.isUp(name)) === true;
      const url = state.ports[name] === undefined ? undefined : Object.values(urlsOf(dir, [name]))[0];
      return { name, title: servers.title(name), up: isUp, pid: servers.pid(name), url };
    }),
  );
}

export function urlsOf(dir, names) {
  const { ports } = readState(dir);
  return Object.assign({}, ...SERVERS.filter(({ name }) => names.includes(name)).map((server) => server.url(ports)));
}

const open = (dir, way, args, log) =>
  way === 'docker' ? dockerServers({ dir, log }) : localServers({ dir, args, log });

/** An instance that may be running goes on the way it was started. */
const mayRun = (state) => state.way === 'docker' || Object.values(state.processes).some(isAlive);

async function choose(way) {
  if (way !== 'auto') return way;
  return (await dockerAnswers()) ? 'docker' : 'local';
}

/** As asked for; else as before, unless another program has taken the port since; else free ones. */
async function choosePorts(only, wanted, way, before) {
  const chosen = { ...before?.ports };
  // A running server keeps its port. Whether a container runs is Docker's to know: its ports stay anyway.
  const isKept = ({ name }) => isAlive(before?.processes[name]) || (way === 'docker' && chosen[name] !== undefined);
  for (const server of SERVERS.filter((one) => only.includes(one.name) && !isKept(one))) {
    for (const port of server.ports) {
      if (wanted[port] !== undefined) chosen[port] = wanted[port];
      else if (chosen[port] === undefined || !(await isFree(chosen[port]))) {
        chosen[port] = await freePort(new Set(Object.values(chosen)));
      }
    }
  }
  return chosen;
}

/** Waits for all to end one way or the other, so that nothing is still starting when the first failure is thrown. */
async function settled(promises) {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function startGuard(dir, temporary) {
  const script = join(import.meta.dirname, 'guard.mjs');
  const child = spawn(process.execPath, [script, dir, temporary ? 'temporary' : 'kept'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  child.stdin.unref();
  // The guard ends by itself once it has nothing left to guard; a broken pipe on our side says nothing new.
  child.stdin.on('error', () => {});
  return child;
}
