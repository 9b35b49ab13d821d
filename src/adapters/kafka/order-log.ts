import { Observable } from 'rxjs';
import type { LogAuditSource } from '../../ports/audit-source.ts';
import type { OrderLog } from '../../ports/order-log.ts';
import { encodeRecord } from '../log-codec.ts';
import { Appender } from './appender.ts';
import { createKafkaAuditSource } from './audit-source.ts';
import { loadKafka } from './client.ts';
import { encodeLetter, keyOf, NO_LETTER, readDeadLetters } from './dead-letters.ts';
import { GroupMember } from './group-member.ts';
import { LagReader } from './lag.ts';
import type { KafkaLogOptions } from './options.ts';
import { connectionSettings, kafkaDefaults } from './options.ts';
import { OutageLog } from './outage-log.ts';

export interface KafkaOrderLog {
  readonly log: OrderLog;
  readonly auditSource: LogAuditSource;
  /** Resolves when Kafka was reached for the first time and the topics exist; until then the log is not writable. */
  readonly ready: Promise<void>;
  /** Waits until readers have left their groups and appends have settled; those that have not after `graceMs` reject. */
  close(graceMs?: number): Promise<void>;
}

/** Dead letters are few, and one partition keeps them in the order in which they were written. */
const DEAD_LETTER_PARTITIONS = 1;

/** The topics of an installation. */
export function topicNames(prefix: string = kafkaDefaults.topicPrefix): { orders: string; deadLetters: string } {
  return { orders: `${prefix}orders`, deadLetters: `${prefix}dead-letters` };
}

/**
 * The order log on Kafka. It connects in the background, for as long as that takes.
 * Errors: Fault `config` when the client is not installed or a setting is not accepted.
 */
export async function openKafkaOrderLog(options: KafkaLogOptions): Promise<KafkaOrderLog> {
  const settings = { ...kafkaDefaults, ...options };
  const { partitions, replication, messageTimeoutMs } = settings;
  const kafka = await loadKafka();
  const connection = connectionSettings(settings);
  const topics = topicNames(settings.topicPrefix);
  const outage = new OutageLog((line) => options.onWarning?.(`${line} (brokers: ${options.brokers.join(',')})`));
  const appender = new Appender({
    kafka,
    connection,
    topics: [
      { name: topics.orders, partitions, replication },
      { name: topics.deadLetters, partitions: DEAD_LETTER_PARTITIONS, replication, keepsAll: true },
    ],
    messageTimeoutMs,
    lingerMs: settings.lingerMs,
    producerSettings: options.producerSettings ?? {},
    outage,
  });
  const lags = new LagReader(kafka, connection, topics.orders);
  const members = new Set<GroupMember>();

  const log: OrderLog = {
    append: (record) => appender.append(topics.orders, Buffer.from(encodeRecord(record))),
    appendFence: (saleId, epoch) =>
      appender.appendToEach(topics.orders, Buffer.from(encodeRecord({ type: 'fence', saleId, epoch }))),
    writable: () => appender.writable(),
    consume: (consume) =>
      new Observable((subscriber) => {
        const member = new GroupMember({
          ...consume,
          kafka,
          connection,
          topic: topics.orders,
          ready: appender.ready,
          outage,
          stuckAfterMs: settings.stuckAfterMs,
          next: (chunk) => subscriber.next(chunk),
        });
        members.add(member);
        void member.ended.then(() => members.delete(member));
        return () => member.stop();
      }),
    lag: (group) => lags.lag(group),
    deadLetter: (letter) => appender.append(topics.deadLetters, encodeLetter(letter), { key: keyOf(letter) }),
    deadLetters: () => readDeadLetters({ kafka, connection, topic: topics.deadLetters }),
    replayed: (letter) => appender.append(topics.deadLetters, NO_LETTER, { key: keyOf(letter) }),
    ping: () => appender.ping(),
  };

  return {
    log,
    auditSource: createKafkaAuditSource({ kafka, connection, topic: topics.orders }),
    ready: appender.ready,
    close: async (graceMs = messageTimeoutMs) => {
      for (const member of members) member.stop();
      await Promise.all([appender.close(graceMs), lags.close(), ...Array.from(members, ({ ended }) => ended)]);
    },
  };
}
