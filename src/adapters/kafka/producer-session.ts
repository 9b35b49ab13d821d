import type { LibrdKafkaError, Metadata, Producer } from 'node-rdkafka';
import { Fault } from '../../domain/errors.ts';
import { WaitingCalls } from '../waiting-calls.ts';
import type { Kafka, Settings } from './client.ts';
import { connect } from './client.ts';
import { CODE, codeOf, faultOf } from './faults.ts';
import { settlesWithin } from './retry.ts';

/** Delivery reports are fetched this often while any is awaited: half of it is what an append waits in vain. */
const BUSY_POLL_MS = 1;

/** How soon an error is heard of that no append meets. */
const IDLE_POLL_MS = 100;

/** Appends without a report at the most. Each carries a batch, and four at once are the rule. */
const MAX_IN_FLIGHT = 1024;

/** Bytes of unsent records at the most, in kilobytes: far above what a broker is behind with when it is well. */
const QUEUE_KB = 32_768;

/** A produce request without an answer is given up on, so that another fits into the record's own timeout. */
const REQUEST_TIMEOUT_MS = 4000;

/** Destroying a client waits for its threads; one that hangs is left behind. */
const DISCONNECT_MS = 5000;

/** Version of what the record's bytes mean; see domain/log-codec.ts. */
const HEADERS = [{ 'floodgate-version': '1' }];

/** What an unwell connection says; any other error of the client as a whole is taken to be its end. */
const TRANSIENT = /transport failure|connections are down|resolution failure|timed out|ssl error|authentication/i;

export interface ProducerSessionOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly messageTimeoutMs: number;
  readonly lingerMs: number;
  readonly producerSettings: Settings;
  /** Kafka can't be reached, or does not acknowledge. */
  readonly onDown: (reason: string) => void;
  /** This producer is of no more use. Appends in flight still get their reports. */
  readonly onFatal: (reason: string) => void;
}

export interface Addressing {
  readonly key?: string;
  /** Any, if not said. */
  readonly partition?: number;
}

/** Who waits for an append's delivery report. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One producer of librdkafka, from its connection to its end. Errors: Fault `full`, `unavailable`, `timeout`, `corrupt`. */
export class ProducerSession {
  readonly #producer: Producer;
  readonly #waiting = new WaitingCalls<Waiter>();
  readonly #options: ProducerSessionOptions;
  #timer: NodeJS.Timeout | undefined;
  #pollMs = 0;
  #closed = false;
  #onIdle: (() => void) | undefined;

  /** Errors: Fault `config` when a setting is not one that librdkafka takes. */
  constructor(options: ProducerSessionOptions) {
    this.#options = options;
    this.#producer = createProducer(options);
    this.#producer.on('delivery-report', (error, report) => this.#delivered(error, report.opaque as number));
    this.#producer.on('event.error', (error) => this.#failed(error));
  }

  async connect(timeoutMs: number): Promise<void> {
    // From the first moment on: why a connection can't be made is an event as well.
    this.#poll(IDLE_POLL_MS);
    try {
      await connect(this.#producer, timeoutMs);
    } catch (error) {
      this.#stopPolling();
      throw error;
    }
  }

  get full(): boolean {
    return this.#waiting.size >= MAX_IN_FLIGHT;
  }

  /** Resolves when the record is on all in-sync replicas. */
  produce(topic: string, value: Buffer | null, { key, partition }: Addressing = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Fault('unavailable', 'Kafka: this producer is closed'));
      if (this.full) return reject(new Fault('full', `${MAX_IN_FLIGHT} appends wait for Kafka`));
      const number = this.#waiting.add({ resolve, reject });
      try {
        this.#producer.produce(topic, partition ?? null, value, key ?? null, null, number, HEADERS);
        this.#poll(BUSY_POLL_MS);
      } catch (error) {
        this.#waiting.take(number);
        reject(faultOf(error));
        if (codeOf(error) === CODE.fatal) this.#options.onFatal('a fatal error');
      }
    });
  }

  metadata(timeoutMs: number, topic?: string): Promise<Metadata> {
    return new Promise((resolve, reject) => {
      const what = topic === undefined ? {} : { topic };
      this.#producer.getMetadata({ ...what, allTopics: false, timeout: timeoutMs }, (error: unknown, metadata) => {
        if (error) reject(faultOf(error));
        else resolve(metadata);
      });
    });
  }

  /** Waits for the reports of what is in flight; what has none by then is rejected as unknown. */
  async close(graceMs: number): Promise<void> {
    if (this.#waiting.size > 0) {
      await settlesWithin(new Promise<void>((resolve) => (this.#onIdle = resolve)), graceMs);
    }
    this.#stopPolling();
    for (const { reject } of this.#waiting.takeAll()) {
      reject(new Fault('timeout', 'Kafka: closed before the record was acknowledged'));
    }
    if (!this.#producer.isConnected()) return;
    // Without a number it flushes once more; with none left to flush any number will do.
    await settlesWithin(new Promise((resolve) => this.#producer.disconnect(1, resolve)), DISCONNECT_MS);
  }

  #delivered(error: LibrdKafkaError | null, number: number): void {
    const waiter = this.#waiting.take(number);
    if (error) {
      const fault = faultOf(error);
      waiter?.reject(fault);
      if (fault.retryable) this.#options.onDown(fault.message);
    } else waiter?.resolve();
    if (this.#waiting.size === 0) {
      this.#onIdle?.();
      this.#poll(IDLE_POLL_MS);
    }
  }

  #failed(error: LibrdKafkaError): void {
    if (TRANSIENT.test(error.message)) this.#options.onDown(`Kafka: ${error.message}`);
    else this.#options.onFatal(error.message);
  }

  /** For good: a poll of a producer that is being destroyed takes the process down, and late reports still come. */
  #stopPolling(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  #poll(everyMs: number): void {
    if (this.#closed || this.#pollMs === everyMs) return;
    this.#pollMs = everyMs;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      if (this.#producer.isConnected()) this.#producer.poll();
    }, everyMs);
  }
}

function createProducer(options: ProducerSessionOptions): Producer {
  const { kafka, connection, messageTimeoutMs, lingerMs, producerSettings } = options;
  try {
    return new kafka.Producer(
      {
        ...connection,
        'enable.idempotence': true,
        'compression.codec': 'lz4',
        'linger.ms': lingerMs,
        'queue.buffering.max.messages': MAX_IN_FLIGHT,
        'queue.buffering.max.kbytes': QUEUE_KB,
        dr_cb: true,
        ...producerSettings,
      },
      {
        'request.required.acks': -1,
        'request.timeout.ms': Math.min(REQUEST_TIMEOUT_MS, messageTimeoutMs),
        'message.timeout.ms': messageTimeoutMs,
      },
    );
  } catch (error) {
    throw new Fault('config', `Kafka: ${faultOf(error).message}`, { cause: error });
  }
}
