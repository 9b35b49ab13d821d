import type { KafkaConsumer, TopicPartitionOffset } from 'node-rdkafka';
import { fetchWatermarks, fromCallback } from './client.ts';

/** A broker that does not answer within this time is not asked further: nothing is delivered then anyway. */
const TIMEOUT_MS = 3000;

/** Checks within the limit: with fewer, a stall would be noticed much later than the limit says. */
const CHECKS_PER_LIMIT = 3;

interface Watched {
  /** Offset of the next record to be delivered; undefined until the first one if it is the committed one. */
  next: number | undefined;
  deliveredAt: number;
  /** When the broker was first seen to have a record that was not delivered since. */
  behindSince: number | undefined;
}

export interface DeliveryWatchOptions {
  readonly consumer: KafkaConsumer;
  readonly topic: string;
  /** How long the broker may have records of a partition without any being delivered. */
  readonly stuckAfterMs: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/**
 * Notices an assigned partition that is not read although the broker has records of it. librdkafka has failed to go on with a
 * partition after a broker's restart without reporting anything (its issues 4492, 5153 and 5586).
 */
export class DeliveryWatch {
  readonly #options: DeliveryWatchOptions;
  readonly #now: () => number;
  readonly #watched = new Map<number, Watched>();
  #checkedAt: number;

  constructor(options: DeliveryWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#checkedAt = this.#now();
  }

  assigned(partition: number, next?: number): void {
    this.#watched.set(partition, { next, deliveredAt: this.#now(), behindSince: undefined });
  }

  revoked(partition: number): void {
    this.#watched.delete(partition);
  }

  delivered(partition: number, next: number): void {
    this.assigned(partition, next);
  }

  /** Nothing could be delivered until now, for a reason that is known. */
  restart(): void {
    for (const [partition, { next }] of this.#watched) this.assigned(partition, next);
  }

  get isDue(): boolean {
    return this.#now() - this.#checkedAt >= this.#pauseMs;
  }

  /** Returns the partitions that are stuck. Errors: Fault `unavailable`, `timeout`. */
  async check(): Promise<number[]> {
    this.#checkedAt = this.#now();
    const stuck: number[] = [];
    for (const [partition, watched] of this.#watched) {
      if (this.#now() - watched.deliveredAt < this.#pauseMs) continue;
      const isBehind = await this.#isBehind(partition, watched.next);
      // Another object was put in its place if anything was delivered meanwhile.
      watched.behindSince = isBehind ? (watched.behindSince ?? this.#now()) : undefined;
      const isStuck = isBehind && this.#now() - (watched.behindSince ?? this.#now()) >= this.#options.stuckAfterMs;
      if (isStuck && this.#watched.get(partition) === watched) stuck.push(partition);
    }
    return stuck;
  }

  get #pauseMs(): number {
    return this.#options.stuckAfterMs / CHECKS_PER_LIMIT;
  }

  async #isBehind(partition: number, next: number | undefined): Promise<boolean> {
    const { consumer, topic } = this.#options;
    const { lowOffset, highOffset } = await fetchWatermarks(consumer, topic, partition, TIMEOUT_MS);
    return highOffset > Math.max(lowOffset, next ?? (await this.#committed(partition)));
  }

  async #committed(partition: number): Promise<number> {
    const { consumer, topic } = this.#options;
    const [found] = await fromCallback<Partial<TopicPartitionOffset>[]>((done) =>
      consumer.committed([{ topic, partition }], TIMEOUT_MS, done),
    );
    return found?.offset ?? 0;
  }
}
