import { Observable } from 'rxjs';
import { Fault } from '../../domain/errors.ts';
import type { LogRecord } from '../../domain/log-record.ts';
import type { OrderLog } from '../../ports/order-log.ts';
import { decodeRecord, encodeRecord } from '../log-codec.ts';
import type { Engine } from './engine-types.ts';
import { GroupPositions } from './group-positions.ts';
import { LogReader } from './log-reader.ts';

/** Appends that wait for the disk. Each carries a whole batch, so more of them would miss their deadline. */
const MAX_APPENDS = 256;

/** More than one would gain nothing on one file. */
const PARTITIONS = 1;

export interface EmbeddedOrderLog extends OrderLog {
  /**
   * To be called when a record was appended by other means than `append` and is on disk, in the order of the positions:
   * wakes the readers at once. Without the record, they read it from the file.
   */
  readonly appended: (position: number, record?: LogRecord) => void;
}

/** The order log on the embedded database: one partition, numbered 0. */
export function createEmbeddedOrderLog(engine: Engine): EmbeddedOrderLog {
  const positions = new GroupPositions(engine);
  /** The members of each group. The first one reads; the next one takes over when it leaves. */
  const groups = new Map<string, LogReader[]>();
  let appends = 0;

  const appended = (position: number, record?: LogRecord): void => {
    for (const [reader] of groups.values()) reader?.appended(position, record);
  };
  const join = (group: string, reader: LogReader): void => {
    const members = groups.get(group) ?? [];
    groups.set(group, members);
    if (members.push(reader) === 1) void reader.run();
  };
  const leave = (group: string, reader: LogReader): void => {
    reader.stop();
    positions.flush();
    const members = groups.get(group) ?? [];
    const wasFirst = members[0] === reader;
    members.splice(members.indexOf(reader), 1);
    if (wasFirst) void members[0]?.run();
  };

  const append = async (record: LogRecord): Promise<void> => {
    if (appends >= MAX_APPENDS) throw new Fault('full', `${MAX_APPENDS} appends are waiting for the disk`);
    appends += 1;
    try {
      appended(await engine.call('log.append', encodeRecord(record)), record);
    } finally {
      appends -= 1;
    }
  };

  return {
    append,
    appendFence: async (saleId, epoch) => {
      await append({ type: 'fence', saleId, epoch });
      return PARTITIONS;
    },
    appended,
    writable: () => appends < MAX_APPENDS,
    consume: (options) =>
      new Observable((subscriber) => {
        const reader = new LogReader({ ...options, engine, positions, next: (chunk) => subscriber.next(chunk) });
        join(options.group, reader);
        return () => leave(options.group, reader);
      }),
    lag: (group) => engine.call('log.lag', group),
    deadLetter: async ({ group, partition, offset, reason, attempts, raw }) => {
      await engine.call('log.deadLetter', { group, partition, offset, reason, attempts, raw });
    },
    deadLetters: async function* () {
      for (const letter of await engine.call('log.deadLetters', null)) yield { ...letter, ...decodeRecord(letter.raw) };
    },
    replayed: async ({ group, partition, offset }) => {
      await engine.call('log.replayed', { group, partition, offset });
    },
    ping: async () => {
      await engine.call('ping', null);
    },
  };
}
