import type { LibrdKafkaError, Metadata, Producer } from 'node-rdkafka';
import { Fault } from '../../domain/errors.ts';
import { withTimeLimit } from '../../resilience/time-limit.ts';
import { InFlightCalls } from '../in-flight-calls.ts';
import type { Kafka, Settings } from './client.ts';
import { connect, fetchMetadata } from './client.ts';
import { connectionProblem, type FailureLine } from './connection-problem.ts';
import { CODE, codeOf, faultOf } from './faults.ts';

/** Interval of fetching delivery reports while appends are in flight: each waits half of it on average. */
const BUSY_POLL_MS = 1;

/** Interval of polling while nothing is in flight, for errors that no append reports. */
const IDLE_POLL_MS = 100;

/** Limit of appends in flight. Each contains a batch, and four are usual. */
const MAX_IN_FLIGHT = 1024;

/** Limit of unsent records, in kilobytes: far above what a healthy broker leaves unsent. */
const QUEUE_KB = 32_768;

/** Timeout of a produce request: short enough for a second one within the record's own timeout. */
const REQUEST_TIMEOUT_MS = 4000;

/** Destroying a client waits for its threads; one that hangs is abandoned. */
const DISCONNECT_MS = 5000;

/**
 * How long the records without a key go to one partition before librdkafka chooses another. Those of a moment then share a
 * request, and the live state, which has a document for each second of a sale and partition, gets one or two of them for
 * a second instead of one for each partition: with many sales, that is most of what it does.
 */
const STICKY_MS = 1000;

/** Version of the record format; see log-codec.ts. */
const HEADERS = [{ 'floodgate-version': '1' }];

/** Errors of connections, which librdkafka re-establishes. Any other error of the client as a whole is fatal. */
const TRANSIENT = /transport failure|connections are down|resolution failure|timed out|ssl error|authentication/i;

export interface ProducerSessionOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly messageTimeoutMs: number;
  readonly lingerMs: number;
  readonly producerSettings: Settings;
  /** Called when Kafka can't be reached, or does not acknowledge. */
  readonly onDown: (reason: string) => void;
  /** Called when this producer is of no further use. Appends in flight still get their reports. */
  readonly onFatal: (reason: string) => void;
}

export interface Addressing {
  readonly key?: string;
  /** @default chosen by librdkafka, from the key if there is one */
  readonly partition?: number;
}

/** An append that waits for its delivery report. */
interface Append {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One producer of librdkafka, from its connection to its end. Errors: Fault `full`, `unavailable`, `timeout`, `corrupt`. */
export class ProducerSession {
  readonly #producer: Producer;
  readonly #inFlight = new InFlightCalls<Append>();
  readonly #options: ProducerSessionOptions;
  #timer: NodeJS.Timeout | undefined;
  #pollMs = 0;
  #closed = false;
  /** Why the last connection failed, if the two ends seem to disagree on TLS. */
  #problem: string | undefined;
  #onIdle: (() => void) | undefined;

  /** Errors: Fault `config` when librdkafka does not accept a setting. */
  constructor(options: ProducerSessionOptions) {
    this.#options = options;
    this.#producer = createProducer(options);
    this.#producer.on('delivery-report', (error, report) => this.#delivered(error, report.opaque as number));
    this.#producer.on('event.error', (error) => this.#failed(error));
    const tls = String(options.connection['security.protocol']).endsWith('ssl');
    this.#producer.on('event.log', (line: FailureLine) => {
      if (line.fac === 'FAIL') this.#problem = connectionProblem(line, tls);
    });
  }

  async connect(timeoutMs: number): Promise<void> {
    // From the start, since the reason why a connection fails is an event as well.
    this.#poll(IDLE_POLL_MS);
    try {
      await connect(this.#producer, timeoutMs);
    } catch (error) {
      this.#stopPolling();
      throw this.#problem === undefined ? error : new Fault('unavailable', this.#problem, { cause: error });
    }
  }

  get full(): boolean {
    return this.#inFlight.size >= MAX_IN_FLIGHT;
  }

  /** Resolves when the record is on all in-sync replicas. */
  produce(topic: string, value: Buffer | null, { key, partition }: Addressing = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Fault('unavailable', 'Kafka: this producer is closed'));
      if (this.full) return reject(new Fault('full', `${MAX_IN_FLIGHT} appends are waiting for Kafka`));
      const number = this.#inFlight.add({ resolve, reject });
      try {
        this.#producer.produce(topic, partition ?? null, value, key ?? null, null, number, HEADERS);
        this.#poll(BUSY_POLL_MS);
      } catch (error) {
        this.#inFlight.take(number);
        reject(faultOf(error));
        if (codeOf(error) === CODE.fatal) this.#options.onFatal('a fatal error');
      }
    });
  }

  metadata(timeoutMs: number, topic?: string): Promise<Metadata> {
    return fetchMetadata(this.#producer, timeoutMs, topic);
  }

  /** Waits for the reports of appends in flight. Those without one by then reject with `timeout`: unknown. */
  async close(graceMs: number): Promise<void> {
    if (this.#inFlight.size > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
      await withTimeLimit(idle, { ms: graceMs, onLate: () => undefined });
    }
    this.#stopPolling();
    for (const { reject } of this.#inFlight.takeAll()) {
      reject(new Fault('timeout', 'Kafka: closed before the record was acknowledged'));
    }
    if (!this.#producer.isConnected()) return;
    // Its timeout is for a flush, of which nothing is left; without the argument the client flushes for longer.
    const disconnected = new Promise((resolve) => this.#producer.disconnect(1, resolve));
    await withTimeLimit(disconnected, { ms: DISCONNECT_MS, onLate: () => undefined });
  }

  #delivered(error: LibrdKafkaError | null, number: number): void {
    const append = this.#inFlight.take(number);
    if (error) {
      const fault = faultOf(error);
      append?.reject(fault);
      if (fault.retryable) this.#options.onDown(fault.message);
    } else append?.resolve();
    if (this.#inFlight.size === 0) {
      this.#onIdle?.();
      this.#poll(IDLE_POLL_MS);
    }
  }

  #failed(error: LibrdKafkaError): void {
    if (TRANSIENT.test(error.message)) this.#options.onDown(this.#problem ?? `Kafka: ${error.message}`);
    else this.#options.onFatal(error.message);
  }

  /** Permanently: polling a producer that is being destroyed crashes the process, and late reports would restart it. */
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
        // Otherwise twice the linger: without one, each record would go to a partition of its own.
        'sticky.partitioning.linger.ms': STICKY_MS,
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
