import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openEngine } from '../adapters/embedded/engine.ts';
import { createEmbeddedLiveState } from '../adapters/embedded/live-state.ts';
import { createEmbeddedOrderLog } from '../adapters/embedded/order-log.ts';
import { createEmbeddedOrderStore } from '../adapters/embedded/order-store.ts';
import { createEmbeddedTicketQueue } from '../adapters/embedded/ticket-queue.ts';
import { createSqlCatalogue } from '../adapters/sql/catalogue.ts';
import { connectSql } from '../adapters/sql/connect.ts';
import { migrate } from '../adapters/sql/migrate.ts';
import type { Config } from '../config.ts';
import { Fault, messageOf } from '../domain/errors.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import { type Clock, systemClock } from '../ports/clock.ts';
import type { LiveState } from '../ports/live-state.ts';
import type { OrderLog } from '../ports/order-log.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';

/** Everything outside of this process that the streams and services use. */
export interface Ports {
  readonly queue: TicketQueue;
  readonly log: OrderLog;
  readonly store: OrderStore;
  readonly catalogue: Catalogue;
  readonly live: LiveState;
  readonly clock: Clock;
}

export interface OpenPorts {
  readonly ports: Ports;
  /** Nobody else can be at work on the queue: what is stranded now was left by a process that is dead. */
  readonly exclusive: boolean;
  close(): Promise<void>;
}

const DATABASE = 'floodgate.db';

/** Picks each port's adapter from the settings. Errors: Fault `config`, `unavailable`. */
export async function openPorts(config: Config): Promise<OpenPorts> {
  const { database, file } = await openDatabase(config);
  const engine = await openEngine({ file, thread: new URL('../adapters/embedded/worker.js', import.meta.url) });
  return {
    ports: {
      queue: createEmbeddedTicketQueue({ engine, clock: systemClock }),
      log: createEmbeddedOrderLog(engine),
      store: createEmbeddedOrderStore(engine, database),
      catalogue: createSqlCatalogue(database),
      live: createEmbeddedLiveState(engine),
      clock: systemClock,
    },
    exclusive: true,
    close: async () => {
      await engine.close();
      await database.close();
    },
  };
}

/** The order store's database, up to date. */
export async function openDatabase(config: Config) {
  const file = await embeddedFile(config.dataDir);
  const database = await connectSql({ dialect: 'sqlite', file });
  const applied = await migrate(database);
  return { database, file, applied };
}

async function embeddedFile(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (error) {
    throw new Fault('config', `DATA_DIR ${dataDir} can't be used: ${messageOf(error)}`, { cause: error });
  }
  return join(dataDir, DATABASE);
}
