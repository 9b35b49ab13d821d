import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createEmbeddedAtomicSale } from '../../adapters/embedded/atomic-sale.ts';
import { createEmbeddedLogAuditSource, createEmbeddedQueueAuditSource } from '../../adapters/embedded/audit-source.ts';
import { setWalMode } from '../../adapters/embedded/database.ts';
import { openEngine } from '../../adapters/embedded/engine.ts';
import { createEmbeddedLiveState } from '../../adapters/embedded/live-state.ts';
import { createEmbeddedOrderLog } from '../../adapters/embedded/order-log.ts';
import { createEmbeddedOrderStore } from '../../adapters/embedded/order-store.ts';
import { createEmbeddedTicketQueue } from '../../adapters/embedded/ticket-queue.ts';
import { connectSql, type SqlDatabase } from '../../adapters/sql/connect.ts';
import { migrate } from '../../adapters/sql/migrate.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Fault } from '../../domain/errors.ts';
import type { AtomicSale } from '../../ports/atomic-sale.ts';
import type { LogAuditSource, QueueAuditSource } from '../../ports/audit-source.ts';
import type { Ports } from '../../roles/ports.ts';
import { existingFile, makeDataFolder } from '../process/data-folder.ts';
import { createPrivateFile } from '../process/private-files.ts';
import type { Opened, SqlPorts } from './opened.ts';
import { refuseWhile } from './refuse-while.ts';

export interface EmbeddedPorts extends Pick<Ports, 'queue' | 'log' | 'live'> {
  readonly lost: NonNullable<Ports['lost']>;
  readonly sql: SqlPorts;
  readonly queueAuditSource: QueueAuditSource;
  readonly logAuditSource: LogAuditSource;
  /** Used only if both queue and log are embedded. */
  readonly atomicSale: AtomicSale;
}

const DATABASE = 'floodgate.db';

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Whether to make a database where there is none. */
  readonly create: boolean;
  /** Called if the database file was removed or replaced; every call is refused from then on. */
  readonly onLost?: (fault: Fault) => void;
  /** Called if the engine's thread has ended by itself; nothing works any more. */
  readonly onBroken?: (fault: Fault) => void;
}

/** All ports on one migrated database file in the data folder. Errors: Fault `config`, `unavailable`. */
export async function openEmbedded({
  dataDir,
  create,
  onLost,
  ...callbacks
}: EmbeddedOptions): Promise<Opened<EmbeddedPorts>> {
  const file = create ? await databaseFile(dataDir) : await existingFile(dataDir, DATABASE);
  const thread = new URL('../../adapters/embedded/worker.js', import.meta.url);
  let lost: Fault | undefined;
  const whenLost = (fault: Fault): void => {
    lost = fault;
    onLost?.(fault);
  };
  const [engine, opened] = await bothOrNeither(
    openEngine({ file, thread, onLost: whenLost, ...callbacks }),
    openSqlite(file),
  );
  const database = refuseWhile(() => lost, opened);
  const log = createEmbeddedOrderLog(engine);
  return {
    port: {
      queue: createEmbeddedTicketQueue({ engine, clock: systemClock }),
      queueAuditSource: createEmbeddedQueueAuditSource(engine),
      log,
      logAuditSource: createEmbeddedLogAuditSource(engine),
      atomicSale: createEmbeddedAtomicSale({ engine, log, clock: systemClock }),
      live: createEmbeddedLiveState(engine),
      sql: { database, store: createEmbeddedOrderStore(engine, database) },
      lost: () => lost,
    },
    close: async () => {
      await engine.close();
      // SQLite would remove the WAL by its name, which may be another process's by now.
      if (lost === undefined) await database.close();
    },
  };
}

/** Path of the embedded database; creates its folder and an empty database. Errors: Fault `config`. */
export async function databaseFile(dataDir: string): Promise<string> {
  await makeDataFolder(dataDir);
  const file = join(dataDir, DATABASE);
  await createPrivateFile(file, `${file}.${randomUUID()}`, setWalMode);
  return file;
}

async function openSqlite(file: string): Promise<SqlDatabase> {
  const readerThread = new URL('../../adapters/sql/sqlite-reader-thread.js', import.meta.url);
  const database = await connectSql({ dialect: 'sqlite', file, readerThread });
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

interface Closable {
  close(): Promise<void>;
}

/**
 * Concurrently, since each takes a good part of the start-up time. If both fail, rejects with the first one's error.
 */
async function bothOrNeither<A extends Closable, B extends Closable>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  // Both are awaited from the start: an unhandled rejection of one would end the process while the other is awaited.
  const settled = await Promise.allSettled([a, b]);
  if (settled.some(({ status }) => status === 'rejected')) {
    for (const one of settled) if (one.status === 'fulfilled') await one.value.close();
  }
  return [await a, await b];
}
