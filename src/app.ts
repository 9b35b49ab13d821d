import { chooseFront } from './app/adapters/http-front.ts';
import { openPorts } from './app/adapters/open-ports.ts';
import type { Ports } from './app/adapters/opened.ts';
import { openPayments } from './app/adapters/payments.ts';
import type { Context } from './app/context.ts';
import { startFront } from './app/front.ts';
import { jwtSecret } from './app/process/jwt-secret.ts';
import { lowerWorkerPriority } from './app/process/priority.ts';
import { relayLeftovers, startScheduler } from './app/scheduler.ts';
import { seedWhenReady } from './app/seed.ts';
import { startSettings } from './app/settings.ts';
import { startWorker } from './app/worker.ts';
import type { Config } from './config.ts';
import { createLog } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';

export interface App<Seeded = undefined> {
  /** Where the front answers; undefined in a process without one. */
  readonly url: string | undefined;
  /** What the seed came to. */
  readonly seeded: Seeded;
  /** Answers what is in flight, finishes the batches at hand, closes; within the configured grace. */
  stop(): Promise<void>;
}

/** Puts a process together: its ports, and the streams of its roles. Errors: Fault `config`, `unavailable`. */
export function startApp(config: Config): Promise<App>;
export function startApp<Seeded>(config: Config, options: SeedOptions<Seeded>): Promise<App<Seeded>>;
export async function startApp<Seeded>(
  config: Config,
  { seed }: Partial<SeedOptions<Seeded>> = {},
): Promise<App<Seeded | undefined>> {
  const context: Context = { config, log: createLog({ level: config.logLevel }), metrics: createMetrics() };
  const { log } = context;
  lowerWorkerPriority(config);
  /** What ends each part, the first to be ended last. */
  const ends: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const { ports, exclusive, close } = await openPorts(config, log);
    ends.push(close);
    const { settings$, stop: stopSettings } = await startSettings(ports, context);
    ends.push(stopSettings);
    if (exclusive) await relayLeftovers(ports, context);
    // Only a front checks tokens and the provider's messages; the others need no secret, nor a folder to keep one in.
    const secret = config.roles.includes('front') ? await jwtSecret(config.dataDir, config.jwtSecret) : '';
    let port: number | undefined;
    const payments = openPayments(config, { jwtSecret: secret, frontUrl: () => urlOf(config.http.host, port) });
    if (config.roles.includes('worker')) {
      const worker = startWorker(ports, context, settings$);
      ends.push(() => worker.stop(config.shutdownGraceMs));
    }
    if (config.roles.includes('scheduler')) {
      const scheduler = startScheduler(ports, context, { payments, exclusive });
      ends.push(() => scheduler.stop());
    }
    // The front comes last and goes first: what it still answers is settled too.
    const front = config.roles.includes('front')
      ? await startFront(ports, context, {
          secret,
          payments,
          listen: await chooseFront(config.front, log),
          settings$,
        })
      : undefined;
    port = front?.port;
    if (front !== undefined) ends.push(() => front.stop(config.shutdownGraceMs));
    log.info({ roles: config.roles, ...(front && { port: front.port }) }, front ? 'listening' : 'running');
    const seeded = seed && (await seedWhenReady(() => seed(ports), context));
    return {
      url: front && urlOf(config.http.host, front.port),
      seeded,
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

interface SeedOptions<Seeded> {
  /** Run once the process listens, so that one that can't leaves nothing behind. */
  readonly seed: (ports: Ports) => Promise<Seeded>;
}

function urlOf(host: string, port: number | undefined): string {
  return `http://${shownHost(host)}:${port}`;
}

/** A name that a person can open: an address that means every interface, or this machine, is reached as localhost. */
function shownHost(host: string): string {
  if (['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
