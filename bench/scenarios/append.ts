import { randomBytes } from 'node:crypto';
import { defer, lastValueFrom, timeout } from 'rxjs';
import { type KafkaOrderLog, openKafkaOrderLog, topicNames } from '../../src/adapters/kafka/order-log.ts';
import { encodeRecord } from '../../src/adapters/log-codec.ts';
import { isFault } from '../../src/domain/errors.ts';
import { retryWithBackoff } from '../../src/streams/operators/retry-with-backoff.ts';
import type { RunningScenario, Sample, Scenario, Verdict } from '../runner/scenario.ts';
import { openRawProducer, type RawProducer } from '../support/raw-producer.ts';
import { createRecords, ITEMS_PER_RECORD } from '../support/reservations.ts';
import { closedLoop } from './parts/closed-loop.ts';

/** As a front has at full load. */
const IN_FLIGHT = 4;
const SALE = 'append';
const RETRY = { baseMs: 100, capMs: 1000 };
const TIMEOUT_MS = 30_000;

/** The log's append without a front, compared with a producer that sends the same bytes repeatedly. */
class Append implements RunningScenario {
  readonly processes = [];
  readonly #recordOf = createRecords();
  readonly #bytes = Buffer.from(encodeRecord(this.#recordOf(SALE, 0, ITEMS_PER_RECORD)));
  #raw = 0;
  #records = 0;

  private constructor(
    private readonly kafka: KafkaOrderLog,
    private readonly producer: RawProducer,
    private readonly group: string,
  ) {}

  static async open(brokers: string): Promise<Append> {
    const topicPrefix = `bench_${randomBytes(4).toString('hex')}.`;
    const kafka = await openKafkaOrderLog({ brokers: brokers.split(','), topicPrefix });
    await kafka.ready;
    const producer = await openRawProducer(brokers, topicNames(topicPrefix).orders);
    return new Append(kafka, producer, `${topicPrefix}unread`);
  }

  ceiling(seconds: number): Promise<Sample> {
    return closedLoop(seconds, IN_FLIGHT, async () => {
      await this.producer.produce(this.#bytes);
      this.#raw += 1;
      return ITEMS_PER_RECORD;
    });
  }

  subject(seconds: number): Promise<Sample> {
    return closedLoop(seconds, IN_FLIGHT, async () => {
      await this.kafka.log.append(this.#recordOf(SALE, this.#records * ITEMS_PER_RECORD, ITEMS_PER_RECORD));
      this.#records += 1;
      return ITEMS_PER_RECORD;
    });
  }

  async check(): Promise<readonly Verdict[]> {
    // The lag of a group that has read nothing is the number of records.
    const entries = await lastValueFrom(
      defer(() => this.kafka.log.lag(this.group)).pipe(
        // A Kafka that has just started has no coordinator for the group yet.
        retryWithBackoff({ ...RETRY, retryable: (error) => isFault(error) && error.retryable }),
        timeout(TIMEOUT_MS),
      ),
    );
    const sent = this.#raw + this.#records;
    return [{ ok: entries === sent, what: `${sent} records acknowledged, ${entries} in the topic` }];
  }

  async close(): Promise<void> {
    await this.producer.close();
    await this.kafka.close();
  }
}

export const appendScenario: Scenario = {
  name: 'append',
  shows: "the order log's append alone, 4 records of 128 reservations in flight, encoding included",
  on: 'cluster',
  unit: 'logged',
  ceiling: 'raw node-rdkafka producer of the same bytes',
  connections: [1],
  ownLoad: true,
  open: ({ servers }) => Append.open(servers.KAFKA_BROKERS ?? ''),
};
