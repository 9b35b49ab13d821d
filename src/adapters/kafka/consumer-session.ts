import type { KafkaConsumer, Message, TopicPartition, TopicPartitionOffset } from 'node-rdkafka';
import { Fault, messageOf } from '../../domain/errors.ts';
import type { ConsumeOptions, LogChunk } from '../../ports/order-log.ts';
import type { Kafka, Settings } from './client.ts';
import { connect } from './client.ts';
import { createConsumer, fetchNow } from './consumer-client.ts';
import type { Credits } from './credits.ts';
import { byPartition, entryOf } from './entry.ts';
import { CODE, codeOf, faultOf } from './faults.ts';
import { pause, settlesWithin, untilDone } from './retry.ts';
import type { Trouble } from './trouble.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** Records of one read: decoding more of them would hold the event loop up. */
const READ_MAX = 64;

/** Waits between reads that found nothing: short while the log is busy, and next to no work while it is idle. */
const FIRST_IDLE_MS = 1;
const LAST_IDLE_MS = 16;

/**
 * Without room for this long, the partitions are paused and Kafka is polled without reading, or the group would take
 * the member for stuck. Not before, since a pause throws away what was prefetched.
 */
const STALLED_AFTER_MS = 1000;
const STALLED_POLL_MS = 100;

/** Leaving waits this long for what was acknowledged to be committed, and for the group's word. */
const DISCONNECT_MS = 10_000;

export interface ConsumerSessionOptions extends ConsumeOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly topic: string;
  readonly credits: Credits;
  readonly trouble: Trouble;
  readonly next: (chunk: LogChunk) => void;
  /** The reader has left. */
  readonly signal: AbortSignal;
}

/** One assignment of a partition: after a revocation the same partition is another one. */
interface Holding {
  readonly partition: number;
}

/** One consumer of librdkafka, from its connection to its end. */
export class ConsumerSession {
  readonly #options: ConsumerSessionOptions;
  readonly #consumer: KafkaConsumer;
  readonly #held = new Map<number, Holding>();
  /** Ends the questions for positions: when the reader has left, or the session broke. */
  readonly #end = new AbortController();
  #assigning: Promise<void> = Promise.resolve();
  #paused = false;
  #broken = false;

  constructor(options: ConsumerSessionOptions) {
    this.#options = options;
    this.#consumer = createConsumer({ ...options, onRebalance: (code, which) => this.#onRebalance(code, which) });
    this.#consumer.on('event.error', (error) => options.trouble.report(faultOf(error).message));
  }

  /** Resolves when the reader has left. Errors: Fault `unavailable` or `timeout` when the session is of no more use. */
  async run(): Promise<void> {
    const { signal, topic, credits } = this.#options;
    await connect(this.#consumer, CONNECT_TIMEOUT_MS);
    this.#consumer.subscribe([topic]);
    let idleMs = FIRST_IDLE_MS;
    while (!signal.aborted && !this.#broken) {
      if (!credits.roomy) {
        await this.#waitForRoom();
        continue;
      }
      const messages = await this.#fetch(Math.min(READ_MAX, credits.room));
      this.#deliver(messages);
      if (messages.length > 0) idleMs = FIRST_IDLE_MS;
      else {
        await pause(idleMs, signal);
        idleMs = Math.min(2 * idleMs, LAST_IDLE_MS);
      }
    }
    await this.#leave();
    if (this.#broken) throw new Fault('unavailable', `Kafka: a reader of ${topic} lost its place and begins anew`);
  }

  async #fetch(max: number): Promise<Message[]> {
    try {
      return await fetchNow(this.#consumer, max);
    } catch (error) {
      const code = codeOf(error);
      this.#broken ||= code === CODE.fatal || code === CODE.state;
      this.#options.trouble.report(faultOf(error).message);
      return [];
    }
  }

  #deliver(messages: readonly Message[]): void {
    const { credits, next, signal } = this.#options;
    for (const { partition, messages: own } of byPartition(messages)) {
      const holding = this.#held.get(partition);
      const behind = (own.at(-1)?.offset ?? -1) + 1;
      // Revoked while they were on their way: they are another member's.
      if (holding === undefined || signal.aborted) continue;
      this.#options.trouble.over();
      credits.take(own.length);
      let acked = false;
      const ack = (): void => {
        if (acked) return;
        acked = true;
        credits.give(own.length);
        this.#store(holding, behind);
      };
      next({ partition, entries: own.map(entryOf), ack });
    }
  }

  /** Kafka hears of it with the next commit. */
  #store(holding: Holding, next: number): void {
    // Whose the partition is now, or who has left, must not commit for it: the next member may be further.
    if (this.#held.get(holding.partition) !== holding || this.#options.signal.aborted) return;
    try {
      this.#consumer.offsetsStore([{ topic: this.#options.topic, partition: holding.partition, offset: next }]);
    } catch (error) {
      // librdkafka knows of the revocation already: the same as above.
      if (codeOf(error) !== CODE.state) this.#options.trouble.report(faultOf(error).message);
    }
  }

  async #waitForRoom(): Promise<void> {
    const { credits, signal } = this.#options;
    await credits.roomAgain(STALLED_AFTER_MS);
    if (credits.roomy) return;
    this.#paused = true;
    this.#consumer.pause(this.#partitions());
    while (!credits.roomy && !signal.aborted && !this.#broken) {
      this.#deliver(await this.#fetch(1));
      await credits.roomAgain(STALLED_POLL_MS);
    }
    this.#paused = false;
    this.#consumer.resume(this.#partitions());
  }

  #partitions(): TopicPartition[] {
    return Array.from(this.#held.keys(), (partition) => ({ topic: this.#options.topic, partition }));
  }

  /** librdkafka goes on only when it was told what became of the partitions, however long that takes. */
  #onRebalance(code: number, which: readonly TopicPartition[]): void {
    if (code === CODE.assignPartitions) this.#assigning = this.#assign(which);
    else this.#revoke(which);
  }

  async #assign(which: readonly TopicPartition[]): Promise<void> {
    const { positionOf } = this.#options;
    const placed =
      positionOf === undefined ? which : await Promise.all(which.map((one) => this.#placed(one, positionOf)));
    try {
      this.#consumer.incrementalAssign([...placed]);
    } catch (error) {
      this.#abandon(error, which);
      return;
    }
    for (const { partition } of which) this.#held.set(partition, { partition });
    this.#acknowledge(placed);
    // At once, before anything of them can have been fetched.
    if (this.#paused) this.#consumer.pause([...which]);
  }

  /** What was stored as a reader left is not committed yet: the group would seem to lag until the next record. */
  #acknowledge(placed: readonly Partial<TopicPartitionOffset>[]): void {
    for (const { partition = 0, offset = -1 } of placed) {
      const holding = this.#held.get(partition);
      if (holding !== undefined && offset >= 0) this.#store(holding, offset);
    }
  }

  /** Where the reader's own store says that it stands; its store may be away for a while. */
  async #placed(one: TopicPartition, positionOf: NonNullable<ConsumeOptions['positionOf']>): Promise<TopicPartition> {
    const position = await untilDone(() => positionOf(one.partition), {
      signal: this.#end.signal,
      onFailure: (error) => this.#options.trouble.report(`the position of a log reader: ${messageOf(error)}`),
    });
    return position === undefined ? one : Object.assign({}, one, { offset: position });
  }

  #revoke(which: readonly TopicPartition[]): void {
    for (const { partition } of which) this.#held.delete(partition);
    try {
      this.#consumer.incrementalUnassign([...which]);
    } catch (error) {
      this.#abandon(error);
      this.#letGo();
    }
  }

  /** librdkafka waits for an answer to each rebalance, also while it closes: without one its thread, and the process, never end. */
  #letGo(): void {
    try {
      this.#consumer.unassign();
    } catch (error) {
      this.#options.trouble.report(faultOf(error).message);
    }
  }

  /** A new session begins with a clean slate. */
  #abandon(error: unknown, assigned: readonly TopicPartition[] = []): void {
    if (!this.#end.signal.aborted) this.#options.trouble.report(faultOf(error).message);
    this.#broken = true;
    // A client that is being closed takes no partitions, and waits until it was told that they are let go.
    if (assigned.length > 0) this.#revoke(assigned);
  }

  /**
   * Closing revokes, commits what was acknowledged, and leaves the group. A client that was told to unsubscribe first
   * would forget to leave while it commits, and the others would wait for its session to time out.
   */
  async #leave(): Promise<void> {
    const { topic, group, trouble } = this.#options;
    this.#end.abort();
    // A client waits for an answer to each assignment before it ends.
    await this.#assigning;
    const closed = new Promise((resolve) => this.#consumer.disconnect(resolve));
    if (!(await settlesWithin(closed, DISCONNECT_MS))) trouble.report(`Kafka: a reader of ${topic} in ${group} hangs`);
  }
}
