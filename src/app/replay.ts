import { defer, firstValueFrom, throwError, timeout } from 'rxjs';
import { createSqlCatalogue } from '../adapters/sql/catalogue.ts';
import type { Config } from '../config.ts';
import { Fault, isFault } from '../domain/errors.ts';
import type { OrderLog } from '../ports/order-log.ts';
import type { ReplayPorts } from '../services/replay.ts';
import { retryWithBackoff } from '../streams/operators/retry-with-backoff.ts';
import { createLog } from '../telemetry/log.ts';
import { openEmbedded } from './embedded.ts';
import { openKafka } from './kafka.ts';
import { openMysql } from './mysql.ts';
import type { Opened } from './opened.ts';

/** A person waits; a cluster that is well answers within a second. */
const REACH_MS = 15_000;
const REACH_BACKOFF = { baseMs: 50, capMs: 500 };

/** The ports of a replay alone, once the log answers. Errors: Fault `config`, `unavailable`, `timeout`. */
export async function openReplay({ kafka, mysql, dataDir }: Config): Promise<Opened<ReplayPorts>> {
  const closers: (() => Promise<void>)[] = [];
  const opened = async <Port>(opening: Promise<Opened<Port>>): Promise<Port> => {
    const { port, close } = await opening;
    closers.push(close);
    return port;
  };
  const close = async () => {
    // What was opened first is used by what came later.
    for (const end of closers.reverse()) await end();
  };
  try {
    const embedded = kafka && mysql ? undefined : await opened(openEmbedded(dataDir));
    const trouble = createLog({ level: 'warn', to: process.stderr });
    const log = kafka === undefined ? embedded?.log : await opened(openKafka(kafka, trouble));
    const sql = mysql === undefined ? embedded?.sql : await opened(openMysql(mysql));
    if (log === undefined || sql === undefined) throw new TypeError('a port has neither a server nor a file');
    await reached(log);
    return { port: { log, store: sql.store, catalogue: createSqlCatalogue(sql.database) }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function reached(log: Pick<OrderLog, 'ping'>): Promise<void> {
  const answer$ = defer(() => log.ping()).pipe(
    retryWithBackoff({ ...REACH_BACKOFF, retryable: (error) => isFault(error) && error.retryable }),
    timeout({
      first: REACH_MS,
      with: () => throwError(() => new Fault('timeout', `the order log did not answer within ${REACH_MS / 1000} s`)),
    }),
  );
  return firstValueFrom(answer$);
}
