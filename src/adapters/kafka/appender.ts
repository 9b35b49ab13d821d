import { Fault, messageOf } from '../../domain/errors.ts';
import type { Addressing, ProducerSessionOptions } from './producer-session.ts';
import { ProducerSession } from './producer-session.ts';
import { untilDone } from './retry.ts';
import type { TopicPlan } from './topics.ts';
import { ensureTopics, partitionsOf } from './topics.ts';
import type { Trouble } from './trouble.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** A broker that is well answers within milliseconds; who asks wants to know now. */
const PING_TIMEOUT_MS = 2000;

export interface AppenderOptions extends Omit<ProducerSessionOptions, 'onDown' | 'onFatal'> {
  readonly topics: readonly TopicPlan[];
  readonly trouble: Trouble;
}

/** Keeps one producer going: connects for as long as it takes, replaces it when it broke for good. */
export class Appender {
  readonly #options: AppenderOptions;
  readonly #end = new AbortController();
  /** Resolves when Kafka was reached for the first time and the topics are there. */
  readonly ready: Promise<void>;
  #onReady: () => void = () => undefined;
  readonly #closing = new Set<Promise<void>>();
  #session: ProducerSession | undefined;
  #up = false;
  /** Whose brokers are asked for until they answer. */
  #probed: ProducerSession | undefined;
  #reason = 'Kafka: not connected yet';

  /** Errors: Fault `config` when a setting is not one that librdkafka takes. */
  constructor(options: AppenderOptions) {
    this.#options = options;
    this.ready = new Promise((resolve) => {
      this.#onReady = resolve;
    });
    // What is wrong with the settings is said here; from then on nothing but the network can fail.
    this.#create();
    void this.#open();
  }

  writable(): boolean {
    return this.#up && this.#session?.full === false;
  }

  async append(topic: string, value: Buffer | null, addressing?: Addressing): Promise<void> {
    return this.#current().produce(topic, value, addressing);
  }

  /** Returns how many partitions hold the value now. Those are asked for anew: somebody may have added some. */
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

  /** Appends in flight have their answer when it resolves, at the latest after `graceMs`. */
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
    const session = await untilDone(() => this.#connect(), {
      signal: this.#end.signal,
      onFailure: (error) => this.#tell(messageOf(error)),
    });
    if (session === undefined) return;
    if (this.#end.signal.aborted) return this.#close(session, 0);
    this.#session = session;
    this.#isUp();
    this.#onReady();
  }

  async #connect(): Promise<ProducerSession> {
    const { kafka, connection, topics, trouble } = this.#options;
    const session = this.#create();
    await session.connect(CONNECT_TIMEOUT_MS);
    try {
      await ensureTopics({
        kafka,
        connection,
        topics,
        metadata: (topic) => session.metadata(CONNECT_TIMEOUT_MS, topic),
        onTrouble: (line) => trouble.report(line),
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
      onFatal: (reason) => this.#lose(session, reason),
    });
    return session;
  }

  /** Nothing more is appended through it; what is in flight still gets its report. */
  #lose(session: ProducerSession, reason: string): void {
    if (session !== this.#session) return;
    this.#session = undefined;
    this.#up = false;
    this.#tell(`Kafka: the producer ended and is replaced: ${reason}`);
    this.#close(session, this.#options.messageTimeoutMs);
    void this.#open();
  }

  /** Not writable until the brokers answer again: librdkafka tells when it lost them, not when it has them back. */
  #down(session: ProducerSession, reason: string): void {
    if (this.#session === undefined) {
      this.#tell(reason);
      return;
    }
    if (session !== this.#session || session === this.#probed) return;
    this.#up = false;
    this.#probed = session;
    this.#tell(reason);
    void this.#probe(session);
  }

  /** Until its brokers answer, or it is replaced: its successor is told of by its own opening, and probed for itself. */
  async #probe(session: ProducerSession): Promise<void> {
    const answers = async () => session !== this.#session || session.metadata(PING_TIMEOUT_MS);
    await untilDone(answers, { signal: this.#end.signal });
    if (session !== this.#session) return;
    this.#probed = undefined;
    this.#isUp();
  }

  #isUp(): void {
    this.#up = true;
    this.#options.trouble.over();
  }

  #tell(reason: string): void {
    this.#reason = reason;
    this.#options.trouble.report(reason);
  }

  #close(session: ProducerSession, graceMs: number): void {
    const closed: Promise<void> = session.close(graceMs).finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }
}
