import { Fault, messageOf } from '../../domain/errors.ts';
import { retry } from '../../resilience/retry.ts';
import { RETRY_PAUSES } from './options.ts';
import type { OutageLog } from './outage-log.ts';
import type { Addressing, ProducerSessionOptions } from './producer-session.ts';
import { ProducerSession } from './producer-session.ts';
import type { TopicPlan } from './topics.ts';
import { ensureTopics, partitionsOf } from './topics.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** A healthy broker answers within milliseconds. */
const PING_TIMEOUT_MS = 2000;

export interface AppenderOptions extends Omit<ProducerSessionOptions, 'onDown' | 'onFatal'> {
  readonly topics: readonly TopicPlan[];
  readonly outage: OutageLog;
}

/** Keeps one producer connected: retries until it connects, and replaces it after a fatal error. */
export class Appender {
  readonly #options: AppenderOptions;
  readonly #end = new AbortController();
  /** Resolves when Kafka was reached for the first time and the topics exist. */
  readonly ready: Promise<void>;
  #onReady: () => void = () => undefined;
  readonly #closing = new Set<Promise<void>>();
  #session: ProducerSession | undefined;
  #up = false;
  /** The session whose brokers are being probed until they answer. */
  #probed: ProducerSession | undefined;
  #reason = 'Kafka: not connected yet';

  /** Errors: Fault `config` when librdkafka does not accept a setting. */
  constructor(options: AppenderOptions) {
    this.#options = options;
    this.ready = new Promise((resolve) => {
      this.#onReady = resolve;
    });
    // Throws if a setting is wrong; whatever fails later is retried.
    this.#create();
    void this.#open();
  }

  writable(): boolean {
    return this.#up && this.#session?.full === false;
  }

  async append(topic: string, value: Buffer | null, addressing?: Addressing): Promise<void> {
    return this.#current().produce(topic, value, addressing);
  }

  /** Returns how many partitions have the value now. They are read each time, since partitions may be added. */
  async appendToEach(topic: string, value: Buffer): Promise<number> {
    const session = this.#current();
    const partitions = partitionsOf(await session.metadata(CONNECT_TIMEOUT_MS, topic), topic);
    if (partitions.length === 0) throw new Fault('unavailable', `Kafka: the partitions of ${topic} are not known`);
    await Promise.all(partitions.map((partition) => session.produce(topic, value, { partition })));
    return partitions.length;
  }

  async ping(): Promise<void> {
    await this.#current().metadata(PING_TIMEOUT_MS);
  }

  /** Resolves when all appends in flight have settled, at the latest after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#end.abort();
    this.#up = false;
    if (this.#session !== undefined) this.#close(this.#session, graceMs);
    this.#session = undefined;
    await Promise.all(this.#closing);
  }

  #current(): ProducerSession {
    if (this.#session === undefined) throw new Fault('unavailable', this.#reason);
    return this.#session;
  }

  async #open(): Promise<void> {
    const session = await this.#retry(
      () => this.#connect(),
      (error) => this.#report(messageOf(error)),
    );
    if (session === undefined) return;
    if (this.#end.signal.aborted) return this.#close(session, 0);
    this.#session = session;
    this.#markUp();
    this.#onReady();
  }

  /** Retries until it succeeds; undefined if the appender was closed first. */
  async #retry<T>(work: () => Promise<T>, onRetry: (error: unknown) => void): Promise<T | undefined> {
    return retry(work, { ...RETRY_PAUSES, signal: this.#end.signal, onRetry }).catch(() => undefined);
  }

  async #connect(): Promise<ProducerSession> {
    const { kafka, connection, topics, outage } = this.#options;
    const session = this.#create();
    await session.connect(CONNECT_TIMEOUT_MS);
    try {
      await ensureTopics({
        kafka,
        connection,
        topics,
        metadata: (topic) => session.metadata(CONNECT_TIMEOUT_MS, topic),
        onWarning: (line) => outage.report(line),
      });
      return session;
    } catch (error) {
      this.#close(session, 0);
      throw error;
    }
  }

  #create(): ProducerSession {
    const session: ProducerSession = new ProducerSession({
      ...this.#options,
      onDown: (reason) => this.#down(session, reason),
      onFatal: (reason) => this.#replace(session, reason),
    });
    return session;
  }

  /** Nothing more is appended through the session; appends in flight still get their delivery reports. */
  #replace(session: ProducerSession, reason: string): void {
    if (session !== this.#session) return;
    this.#session = undefined;
    this.#up = false;
    this.#report(`Kafka: the producer ended and is replaced: ${reason}`);
    this.#close(session, this.#options.messageTimeoutMs);
    void this.#open();
  }

  /** Not writable until the brokers answer again: librdkafka reports when it loses them, but not when it reconnects. */
  #down(session: ProducerSession, reason: string): void {
    if (this.#session === undefined) {
      this.#report(reason);
      return;
    }
    if (session !== this.#session || session === this.#probed) return;
    this.#up = false;
    this.#probed = session;
    this.#report(reason);
    void this.#probe(session);
  }

  /** Ends when the session's brokers answer, or when it is replaced: its successor is probed on its own. */
  async #probe(session: ProducerSession): Promise<void> {
    await this.#retry(
      async () => session !== this.#session || session.metadata(PING_TIMEOUT_MS),
      () => undefined,
    );
    if (session !== this.#session) return;
    this.#probed = undefined;
    this.#markUp();
  }

  #markUp(): void {
    this.#up = true;
    this.#options.outage.recovered();
  }

  #report(reason: string): void {
    this.#reason = reason;
    this.#options.outage.report(reason);
  }

  #close(session: ProducerSession, graceMs: number): void {
    const closed: Promise<void> = session.close(graceMs).finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }
}
