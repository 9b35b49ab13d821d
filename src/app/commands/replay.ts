import { createSqlCatalogue } from '../../adapters/sql/catalogue.ts';
import type { Config } from '../../config.ts';
import type { ReplayPorts } from '../../services/replay.ts';
import { createLog } from '../../telemetry/log.ts';
import { openEmbedded } from '../adapters/embedded.ts';
import { openKafka } from '../adapters/kafka.ts';
import { openMysql } from '../adapters/mysql.ts';
import { openTogether } from '../adapters/open-together.ts';
import type { Opened } from '../adapters/opened.ts';
import { awaitServer } from './await-server.ts';

/** The ports that a replay needs, once the log answers. Errors: Fault `config`, `unavailable`, `timeout`. */
export function openReplay({ kafka, mysql, dataDir }: Config): Promise<Opened<ReplayPorts>> {
  return openTogether(async (opened) => {
    const embedded = kafka && mysql ? undefined : await opened(openEmbedded({ dataDir, create: false }));
    const warnings = createLog({ level: 'warn', to: process.stderr });
    const log = kafka === undefined ? embedded?.log : (await opened(openKafka(kafka, warnings))).log;
    const sql = mysql === undefined ? embedded?.sql : await opened(openMysql(mysql));
    if (log === undefined || sql === undefined) throw new TypeError('a port has neither a server nor a file');
    await awaitServer('the order log', () => log.ping());
    return { log, store: sql.store, catalogue: createSqlCatalogue(sql.database) };
  });
}
