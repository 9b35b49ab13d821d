import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaConsumer, Message, TopicPartition, TopicPartitionOffset } from 'node-rdkafka';
import { Fault, messageOf } from '../../domain/errors.ts';
import type { ConsumeOptions, LogChunk } from '../../ports/order-log.ts';
import { retry } from '../../resilience/retry.ts';
import type { ReadCredit } from '../read-credit.ts';
import type { Kafka, Settings } from './client.ts';
import { connect, disconnect } from './client.ts';
import { createConsumer, fetchNow } from './consumer-client.ts';
import { DeliveryWatch } from './delivery-watch.ts';
import { byPartition, entryOf } from './entry.ts';
import { CODE, codeOf, faultOf } from './faults.ts';
import { RETRY_PAUSES } from './options.ts';
import type { OutageLog } from './outage-log.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** Records of one read: decoding more of them would block the event loop too long. */
const READ_MAX = 64;

/**
 * Pauses between reads that return nothing: short while the log is busy, longer while it is idle. A read of what librdkafka has
 * fetched costs a job of libuv's pool, so a reader that waits for full fetches looks as seldom.
 */
const FIRST_IDLE_MS = 1;
const LAST_IDLE_MS = 16;
const IDLE_SHARE_OF_WAIT = 4;

/**
 * After this time without room, the partitions are paused and Kafka is polled without reading, or the group would
 * consider the member stuck. Not earlier, since a pause discards what was prefetched.
 */
const STALLED_AFTER_MS = 1000;
const STALLED_POLL_MS = 100;

/** Limit for committing what was acknowledged, and for leaving the group. */
const DISCONNECT_MS = 10_000;

export interface ConsumerSessionOptions extends ConsumeOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly topic: string;
  readonly credit: ReadCredit;
  readonly outage: OutageLog;
  /** How long the broker may have records of a partition without any being delivered. */
  readonly stuckAfterMs: number;
  readonly next: (chunk: LogChunk) => void;
  /** Aborted when the reader leaves. */
  readonly signal: AbortSignal;
}

/** One assignment of a partition. If the partition is revoked and assigned again, that is another object. */
interface Assignment {
  readonly partition: number;
}

/** One consumer of librdkafka, from its connection to its end. */
export class ConsumerSession {
  readonly #options: ConsumerSessionOptions;
  readonly #consumer: KafkaConsumer;
  readonly #assigned = new Map<number, Assignment>();
  /** Stops reading positions: the reader leaves, or the session broke. */
  readonly #end = new AbortController();
  readonly #watch: DeliveryWatch;
  #assigning: Promise<void> = Promise.resolve();
  /** Whether an assignment waits for positions: librdkafka delivers nothing meanwhile. */
  #positioning = false;
  #checking: Promise<void> | undefined;
  #paused = false;
  #broken = false;

  constructor(options: ConsumerSessionOptions) {
    this.#options = options;
    this.#consumer = createConsumer({
      ...options,
      onRebalance: (code, partitions) => this.#onRebalance(code, partitions),
    });
    this.#watch = new DeliveryWatch({ ...options, consumer: this.#consumer });
    this.#consumer.on('event.error', (error) => options.outage.report(faultOf(error).message));
  }

  /** Resolves when the reader has left. Errors: Fault `unavailable` or `timeout` when the session is of no further use. */
  async run(): Promise<void> {
    const { signal, topic, credit } = this.#options;
    await connect(this.#consumer, CONNECT_TIMEOUT_MS);
    this.#consumer.subscribe([topic]);
    const firstIdleMs = Math.min(
      Math.max((this.#options.fetchWaitMs ?? 0) / IDLE_SHARE_OF_WAIT, FIRST_IDLE_MS),
      LAST_IDLE_MS,
    );
    let idleMs = firstIdleMs;
    while (!signal.aborted && !this.#broken) {
      if (!credit.hasRoom) {
        await this.#waitForRoom();
        this.#watch.restart();
        continue;
      }
      this.#checkDeliveries();
      const messages = await this.#fetch(Math.min(READ_MAX, credit.room));
      this.#deliver(messages);
      if (messages.length > 0) idleMs = firstIdleMs;
      else {
        // Rejects when the signal is aborted, which ends the loop.
        await delay(idleMs, undefined, { signal }).catch(() => undefined);
        idleMs = Math.min(2 * idleMs, LAST_IDLE_MS);
      }
    }
    await this.#leave();
    if (!this.#broken || signal.aborted) return;
    throw new Fault('unavailable', `Kafka: a reader of ${topic} broke and is replaced`);
  }

  /** Beside the reads, since the broker may take seconds to answer. */
  #checkDeliveries(): void {
    if (!this.#watch.isDue || this.#positioning) return;
    this.#checking ??= this.#watch
      .check()
      .then(
        (stuck) => {
          if (stuck.length === 0) return;
          this.#broken = true;
          this.#options.outage.report(`Kafka: records of partition ${stuck.join(', ')} are not delivered`);
        },
        // A broker that does not answer is noticed by the client.
        () => undefined,
      )
      .finally(() => {
        this.#checking = undefined;
      });
  }

  async #fetch(max: number): Promise<Message[]> {
    try {
      return await fetchNow(this.#consumer, max);
    } catch (error) {
      const code = codeOf(error);
      this.#broken ||= code === CODE.fatal || code === CODE.state;
      this.#options.outage.report(faultOf(error).message);
      return [];
    }
  }

  #deliver(messages: readonly Message[]): void {
    const { credit, next, signal } = this.#options;
    for (const { partition, messages: own } of byPartition(messages)) {
      const assignment = this.#assigned.get(partition);
      const behind = (own.at(-1)?.offset ?? -1) + 1;
      // The partition was revoked while they were fetched: another member reads them.
      if (assignment === undefined || signal.aborted) continue;
      this.#options.outage.recovered();
      credit.take(own.length);
      this.#watch.delivered(partition, behind);
      let acked = false;
      const ack = (): void => {
        if (acked) return;
        acked = true;
        credit.give(own.length);
        this.#store(assignment, behind);
      };
      next({ partition, entries: own.map(entryOf), ack });
    }
  }

  /** Stores the offset in the client, which commits it with the next commit. */
  #store(assignment: Assignment, next: number): void {
    // Must not commit for a revoked partition, nor after leaving: the next member may have committed a later offset.
    if (this.#assigned.get(assignment.partition) !== assignment || this.#options.signal.aborted) return;
    try {
      this.#consumer.offsetsStore([{ topic: this.#options.topic, partition: assignment.partition, offset: next }]);
    } catch (error) {
      // This code means that the partition is revoked, which librdkafka knows earlier than this class.
      if (codeOf(error) !== CODE.state) this.#options.outage.report(faultOf(error).message);
    }
  }

  async #waitForRoom(): Promise<void> {
    const { credit, signal } = this.#options;
    await credit.waitForRoom(STALLED_AFTER_MS);
    if (credit.hasRoom) return;
    this.#paused = true;
    this.#consumer.pause(this.#partitions());
    while (!credit.hasRoom && !signal.aborted && !this.#broken) {
      this.#deliver(await this.#fetch(1));
      await credit.waitForRoom(STALLED_POLL_MS);
    }
    this.#paused = false;
    this.#consumer.resume(this.#partitions());
  }

  #partitions(): TopicPartition[] {
    return Array.from(this.#assigned.keys(), (partition) => ({ topic: this.#options.topic, partition }));
  }

  /** librdkafka continues only after the partitions were assigned or unassigned, however long that takes. */
  #onRebalance(code: number, partitions: readonly TopicPartition[]): void {
    if (code === CODE.assignPartitions) this.#assigning = this.#assign(partitions);
    else this.#revoke(partitions);
  }

  async #assign(partitions: readonly TopicPartition[]): Promise<void> {
    const { positionOf } = this.#options;
    this.#positioning = true;
    const positioned =
      positionOf === undefined
        ? partitions
        : await Promise.all(partitions.map((partition) => this.#positioned(partition, positionOf)));
    this.#positioning = false;
    this.#watch.restart();
    try {
      this.#consumer.incrementalAssign([...positioned]);
    } catch (error) {
      this.#abandon(error);
      // A client that is closing accepts no assignment, not even one of no partitions, but waits for the answer.
      this.#revoke(partitions);
      return;
    }
    for (const { partition } of partitions) this.#assigned.set(partition, { partition });
    this.#startAt(positioned);
    // In the same turn, before any message of them can be fetched.
    if (this.#paused) this.#consumer.pause([...partitions]);
  }

  /** A position stored just before the last reader left is not committed: without this the group would seem to lag. */
  #startAt(positioned: readonly Partial<TopicPartitionOffset>[]): void {
    for (const { partition = 0, offset = -1 } of positioned) {
      const assignment = this.#assigned.get(partition);
      const isKnown = offset >= 0;
      this.#watch.assigned(partition, isKnown ? offset : undefined);
      if (assignment !== undefined && isKnown) this.#store(assignment, offset);
    }
  }

  /** Adds the position that the reader has stored itself. That store may be unavailable for a while. */
  async #positioned(
    partition: TopicPartition,
    positionOf: NonNullable<ConsumeOptions['positionOf']>,
  ): Promise<TopicPartition> {
    const position = await retry(() => positionOf(partition.partition), {
      ...RETRY_PAUSES,
      signal: this.#end.signal,
      onRetry: (error) => this.#options.outage.report(`the position of a log reader: ${messageOf(error)}`),
      // Every error is retried, so a rejection means that the session has ended.
    }).catch(() => undefined);
    return position === undefined ? partition : Object.assign({}, partition, { offset: position });
  }

  #revoke(partitions: readonly TopicPartition[]): void {
    for (const { partition } of partitions) {
      this.#assigned.delete(partition);
      this.#watch.revoked(partition);
    }
    try {
      // A pause outlives the assignment in librdkafka: the partition would still be paused when it is assigned here again.
      if (this.#paused) this.#consumer.resume([...partitions]);
      this.#consumer.incrementalUnassign([...partitions]);
    } catch (error) {
      this.#abandon(error);
      this.#unassignAll();
    }
  }

  /** librdkafka waits for an answer to each rebalance, even while closing: without one its thread, and so the process, never ends. */
  #unassignAll(): void {
    try {
      this.#consumer.unassign();
    } catch (error) {
      this.#options.outage.report(faultOf(error).message);
    }
  }

  /** The state of the client is unknown, so a new session replaces this one. */
  #abandon(error: unknown): void {
    if (!this.#end.signal.aborted) this.#options.outage.report(faultOf(error).message);
    this.#broken = true;
  }

  /**
   * Closing revokes the partitions, commits what was acknowledged, and leaves the group. A client that unsubscribes first
   * does not leave while it commits, and the others would wait for its session timeout.
   */
  async #leave(): Promise<void> {
    const { topic, group, outage } = this.#options;
    this.#end.abort();
    // The client waits for the answer to each rebalance before it ends.
    await this.#assigning;
    await this.#checking;
    if (!(await disconnect(this.#consumer, DISCONNECT_MS))) {
      outage.report(`Kafka: a reader of ${topic} in ${group} did not disconnect in time`);
    }
  }
}
