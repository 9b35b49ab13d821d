import { readFile } from 'node:fs/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { pidListeningOn } from './listeners.ts';
import type { ServerProcess } from './serve.ts';
import { type ProcessReading, type Reading, type Usage, usageOf } from './usage.ts';

/** Clock ticks a second in /proc/<pid>/stat: USER_HZ, 100 on every Linux that Node.js runs on (man 5 proc). */
const TICKS_PER_SECOND = 100;

const URLS = { redis: 'REDIS_URL', kafka: 'KAFKA_BROKERS', mysql: 'MYSQL_URL', mongodb: 'MONGODB_URL' } as const;

interface NamedPid {
  readonly name: string;
  readonly pid: number;
}

/**
 * Reads what Floodgate's processes and their servers use: CPU and bytes written from /proc, fsyncs from MySQL's own count,
 * and the flushes of all disks. The last are those of the whole machine, and a flush may serve several fsyncs.
 */
export class UsageMeter {
  private constructor(
    private readonly servers: readonly NamedPid[],
    private readonly notCovered: readonly string[],
    private readonly mysql: Connection | undefined,
  ) {}

  /** For an embedded installation without servers: those of the environment are not its own. */
  static async open(env: NodeJS.ProcessEnv | undefined): Promise<UsageMeter> {
    const names = env === undefined ? [] : (Object.keys(URLS) as (keyof typeof URLS)[]);
    const found = await Promise.all(
      names.map(async (name) => ({ name, pid: await pidListeningOn(portIn(env?.[URLS[name]] ?? '')) })),
    );
    const servers = found.filter((one): one is typeof one & NamedPid => one.pid !== undefined);
    const notCovered = found.filter(({ pid }) => pid === undefined).map(({ name }) => name);
    return new UsageMeter(servers, notCovered, env?.MYSQL_URL ? await createConnection(env.MYSQL_URL) : undefined);
  }

  async read(processes: readonly ServerProcess[]): Promise<Reading> {
    const all = [...numbered(processes), ...this.servers];
    const [readings, flushes, mysql] = await Promise.all([
      Promise.all(all.map(readProcess)),
      readFile('/proc/diskstats', 'utf8').then(diskFlushes, () => undefined),
      this.mysql === undefined ? undefined : mysqlFsyncs(this.mysql),
    ]);
    return {
      processes: readings,
      fsyncs: {
        ...(mysql === undefined ? {} : { mysql }),
        ...(flushes === undefined ? {} : { 'disk flushes': flushes }),
      },
    };
  }

  /** What each of the operations since a reading has cost. */
  async since(before: Reading, processes: readonly ServerProcess[], operations: number): Promise<Usage> {
    return usageOf(before, await this.read(processes), { operations, notCovered: this.notCovered });
  }

  async close(): Promise<void> {
    await this.mysql?.end();
  }
}

/** Of the first address of a URL or a list of them. */
const portIn = (addresses: string): number => Number(/:(\d+)(?:[/,?]|$)/.exec(addresses)?.[1] ?? 0);

/** Processes with the same name are counted: worker 1, worker 2. */
function numbered(processes: readonly ServerProcess[]): readonly NamedPid[] {
  const seen = new Map<string, number>();
  return processes.map(({ name, pid }) => {
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    const isOnly = processes.filter((one) => one.name === name).length === 1;
    return { name: isOnly ? name : `${name} ${n}`, pid };
  });
}

async function readProcess({ name, pid }: NamedPid): Promise<ProcessReading> {
  const [stat, io] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/io`, 'utf8').catch(() => ''),
  ]);
  return { name, cpuMs: cpuMsOf(stat), writtenBytes: Number(/^write_bytes: (\d+)$/m.exec(io)?.[1] ?? Number.NaN) };
}

/** User and system time, fields 14 and 15. The second field, a name in parentheses, may have spaces. */
export function cpuMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11] ?? Number.NaN) + Number(fields[12] ?? Number.NaN)) * 1000) / TICKS_PER_SECOND;
}

/** Field 19 of each disk, since Linux 5.5; undefined before. https://docs.kernel.org/admin-guide/iostats.html */
export function diskFlushes(diskstats: string): number | undefined {
  const counts = diskstats.split('\n').map((line) => Number(line.trim().split(/\s+/)[18]));
  const known = counts.filter((count) => !Number.isNaN(count));
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
}

/** Of InnoDB's data files and of its log together, on MySQL as on MariaDB. */
async function mysqlFsyncs(mysql: Connection): Promise<number> {
  const [rows] = await mysql.query("SHOW GLOBAL STATUS LIKE 'Innodb_data_fsyncs'");
  return Number((rows as readonly { readonly Value?: string }[])[0]?.Value ?? Number.NaN);
}
