import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dockerAnswers, dockerServers } from './docker.mjs';
import { localServers, SERVERS } from './local.mjs';
import { freePort, isFree } from './ports.mjs';
import { isAlive } from './processes.mjs';
import { Unsupported } from './run.mjs';
import { locked, readState, writeState } from './state.mjs';

export { Unsupported };

export const NAMES = SERVERS.map((server) => server.name);

/** Where `npm run servers` keeps its instance. */
export const DEFAULT_DIR = resolve(import.meta.dirname, '..', '..', '.cache', 'servers');

/** All four images with a fast network. */
const PULL_SECONDS = 60;

/**
 * Starts servers and resolves when each answers. Those that run already in that folder are not restarted. See api.d.ts.
 *
 * @type {import('./api.d.ts').ServersTool['up']}
 */
export async function up(options = {}) {
  const {
    dir,
    only = NAMES,
    ports = {},
    args = {},
    way = 'auto',
    stopOnExit,
    partial = false,
    log = () => {},
  } = options;
  const temporary = dir === undefined;
  const home = temporary ? mkdtempSync(join(tmpdir(), 'floodgate-')) : resolve(dir);
  const reaped = stopOnExit ?? temporary;

  return locked(home, async () => {
    const before = readState(home);
    const chosenWay = before && mayRun(before) ? before.way : await choose(way);
    const chosenPorts = await choosePorts(only, ports, chosenWay, before);
    writeState(home, { way: chosenWay, ports: chosenPorts, processes: before?.processes ?? {} });
    const servers = open(home, chosenWay, args, log);
    const reaper = reaped && chosenWay === 'local' ? startReaper(home, temporary) : undefined;

    const started = [];
    const missing = {};
    const present = () => only.filter((name) => missing[name] === undefined);
    try {
      for (const name of only) {
        await servers.prepare(name).catch((error) => {
          if (!partial || !(error instanceof Unsupported)) throw error;
          missing[name] = error.message;
        });
      }
      await allSettled(
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
      reaper?.stdin.end();
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

/** Stops the servers of the folder and keeps their data. Resolves with the names of those that were stopped. */
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

/** For each server of the folder: whether it answers, its process and its URL. */
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

/**
 * What has to be installed before the first start on this machine. Whether a container's image is there already is not
 * checked, because Docker's answer would take longer than the rest.
 *
 * @param {readonly string[]} names
 * @returns {Promise<(import('../preparation.mjs').Step | undefined)[]>}
 */
export async function missingServers(names) {
  const servers = SERVERS.filter(({ name }) => names.includes(name));
  if (servers.length === 0 || !(await dockerAnswers())) return servers.map((server) => server.missing());
  return [{ what: `container images of ${names.join(', ')}, unless they are there`, seconds: PULL_SECONDS }];
}

export function urlsOf(dir, names) {
  const { ports } = readState(dir);
  return Object.assign({}, ...SERVERS.filter(({ name }) => names.includes(name)).map((server) => server.url(ports)));
}

const open = (dir, way, args, log) =>
  way === 'docker' ? dockerServers({ dir, log }) : localServers({ dir, args, log });

/** An instance that may be running keeps the way in which it was started. */
const mayRun = (state) => state.way === 'docker' || Object.values(state.processes).some(isAlive);

async function choose(way) {
  if (way !== 'auto') return way;
  return (await dockerAnswers()) ? 'docker' : 'local';
}

/** The ports asked for; else those of before, unless another program uses them by now; else free ones. */
async function choosePorts(only, wanted, way, before) {
  const chosen = { ...before?.ports };
  // A running server keeps its port. Only Docker knows whether a container runs, so its ports are always kept.
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

/** Waits until all have settled, so that no server is still starting when the first failure is thrown. */
async function allSettled(promises) {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function startReaper(dir, temporary) {
  const script = join(import.meta.dirname, 'reaper.mjs');
  const child = spawn(process.execPath, [script, dir, temporary ? 'temporary' : 'kept'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  child.stdin.unref();
  // The reaper ends by itself when its work is done, and the pipe breaks: no error.
  child.stdin.on('error', () => {});
  return child;
}
