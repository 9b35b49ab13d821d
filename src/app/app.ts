import { randomUUID } from 'node:crypto';
import { systemTimers } from '../adapters/system/timers.ts';
import type { Config } from '../config.ts';
import type { Fault } from '../domain/errors.ts';
import type { ListenHttp } from '../ports/http.ts';
import type { Ports } from '../roles/ports.ts';
import type { Runtime } from '../roles/runtime.ts';
import { relayLeftovers, startScheduler } from '../roles/scheduler/scheduler.ts';
import { followSettings } from '../roles/settings.ts';
import { startWorker } from '../roles/worker/worker.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { openLossyOutput } from '../telemetry/lossy-output.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { chooseFront } from './adapters/http-front.ts';
import { openPorts } from './adapters/open-ports.ts';
import { openPayments } from './adapters/payments.ts';
import type { Context } from './context.ts';
import { defaultSettings, groupsOf } from './defaults.ts';
import { createSchedulerObserver } from './observers/scheduler-observer.ts';
import { createSettingsObserver } from './observers/settings-observer.ts';
import { createWorkerObserver } from './observers/worker-observer.ts';
import { addressOf, urlOf } from './process/front-address.ts';
import { jwtSecret } from './process/jwt-secret.ts';
import { lowerWorkerPriority } from './process/priority.ts';
import { tightenDataFolder } from './process/private-files.ts';
import { seedWhenReady } from './seed.ts';
import { serveFront } from './serve-front.ts';
import { serveMetrics } from './serve-metrics.ts';

export interface App<Seeded = undefined> {
  /** The front's URL; undefined in a process without one. */
  readonly url: string | undefined;
  /** The result of the seed. */
  readonly seeded: Seeded;
  /** Rejects, with one line for the user, if a part has ended without which nothing works; never resolves. */
  readonly broken: Promise<never>;
  /** Answers what is in flight, finishes the batches in progress and closes, within the configured grace period. */
  stop(): Promise<void>;
}

const RUNTIME: Runtime = { timers: systemTimers, random: Math.random, newHolder: randomUUID };

/** Opens the ports and starts the roles of a process. Errors: Fault `config`, `unavailable`. */
export function startApp(config: Config): Promise<App>;
export function startApp<Seeded>(config: Config, options: SeedOptions<Seeded>): Promise<App<Seeded>>;
export async function startApp<Seeded>(
  config: Config,
  { seed }: Partial<SeedOptions<Seeded>> = {},
): Promise<App<Seeded | undefined>> {
  const output = openLossyOutput();
  const context: Context = { config, log: createLog({ level: config.logLevel, to: output }), metrics: createMetrics() };
  context.metrics.sampleLogDrops(output.dropped);
  const { log } = context;
  lowerWorkerPriority(config);
  const { broken, onBroken } = watchForEnd(log);
  /** Closes each part, in reverse order of start. */
  const closers: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    await tightenDataFolder(config.dataDir, log);
    const { ports, exclusive, close } = await openPorts(config, log, { onBroken });
    closers.push(close);
    const { url, port } = await Promise.race([startRoles(ports, { exclusive, context, closers }), broken]);
    log.info({ roles: config.roles, ...(port === undefined ? {} : { port }) }, port ? 'listening' : 'running');
    const seeded = seed && (await seedWhenReady(() => seed(ports), context));
    return {
      url,
      seeded,
      broken,
      stop: async () => {
        log.info('stopping');
        await stop();
        log.info('stopped');
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Without its engine a process answers 503 for ever: it ends, and its supervisor starts it anew. */
function watchForEnd(log: Log) {
  let onBroken: (fault: Fault) => void = () => {};
  const broken = new Promise<never>((_, reject) => {
    onBroken = (fault) => {
      log.fatal({ err: fault }, 'this process can sell no more, and ends');
      reject(fault);
    };
  });
  // It may break while nothing waits for it: when it stops.
  broken.catch(() => {});
  return { broken, onBroken };
}

interface RolesToStart {
  readonly exclusive: boolean;
  readonly context: Context;
  /** Each started role adds its closer. */
  readonly closers: (() => void | Promise<void>)[];
}

/** Starts the configured roles; resolves with the front's URL and port, if there is one. */
async function startRoles(
  ports: Ports,
  { exclusive, context, closers }: RolesToStart,
): Promise<{ readonly url: string | undefined; readonly port: number | undefined }> {
  const { config, log } = context;
  const { roles, shutdownGraceMs } = config;
  const groups = groupsOf(config);
  const schedulerObserver = createSchedulerObserver(context, ports.clock);
  const settings = await followSettings(ports, {
    ...RUNTIME,
    defaults: defaultSettings(config),
    observer: createSettingsObserver(context),
  });
  closers.push(settings.stop);
  if (exclusive) await relayLeftovers(ports, schedulerObserver);
  // Only a front verifies tokens and the provider's messages; other roles need no secret, nor a folder to keep one in.
  const secret = roles.includes('front') ? await jwtSecret(config.dataDir, config.jwtSecret) : '';
  const host = await addressOf(config.http.host);
  let port: number | undefined;
  const payments = openPayments(config, { jwtSecret: secret, frontUrl: () => urlOf(host, port) });
  if (roles.includes('worker')) {
    const observer = createWorkerObserver(context);
    const worker = startWorker(ports, { runtime: RUNTIME, settings, observer, groups });
    closers.push(() => worker.stop(shutdownGraceMs));
  }
  if (roles.includes('scheduler')) {
    const recovery = { deadlineMs: config.purchase.deadlineMs, group: groups.settlement };
    const observer = schedulerObserver;
    const scheduler = startScheduler(ports, { runtime: RUNTIME, payments, observer, exclusive, recovery });
    closers.push(() => scheduler.stop());
  }
  if (!roles.includes('front') && config.metrics.port === undefined) return { url: undefined, port };
  const chosen = await chooseFront(config.front, log);
  if (!roles.includes('front')) {
    const metricsFront = await serveMetrics(context, {
      listen: (options) => chosen({ ...options, host }),
      clock: ports.clock,
    });
    closers.push(() => metricsFront?.close());
    return { url: undefined, port };
  }
  // The front starts last and stops first: what it still answers is settled too.
  const listen: ListenHttp = (options) => chosen({ ...options, host });
  const front = await serveFront(ports, context, { runtime: RUNTIME, secret, payments, listen, settings, exclusive });
  closers.push(() => front.stop(shutdownGraceMs));
  port = front.port;
  return { url: urlOf(host, port), port };
}

interface SeedOptions<Seeded> {
  /** Runs once the process listens, so that a process that can't listen leaves nothing behind. */
  readonly seed: (ports: Ports) => Promise<Seeded>;
}
