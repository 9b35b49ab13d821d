import { Subject } from 'rxjs';
import type { BusEvent, EventBus } from '../../ports/event-bus.ts';
import { type EventConnection, openEventConnection } from './event-connection.ts';
import { decodeEvents, encodeEvents } from './event-wire.ts';
import { nodeUrls } from './node-urls.ts';
import { CONNECTION_OPTIONS } from './options.ts';

export interface RedisEventBusOptions {
  /** One Redis, or nodes of a Redis Cluster, each of which forwards messages to all others. See node-urls.ts. */
  readonly url: string;
  /** Begins the channel's name; all processes of an installation have the same one. */
  readonly prefix: string;
  /** A connection without a reply for this long is considered dead. Milliseconds. @default 5000 */
  readonly silenceMs?: number;
  /** `up` when events can be published and received, `down` when they can't. */
  readonly onState?: (state: 'up' | 'down', reason: string) => void;
}

export interface RedisEventBus {
  readonly events: EventBus;
  /** Completes `events$`; what is published later is dropped. */
  disconnect(): void;
}

/** The countdown reads the stock again every 5 s, so events that are lost for longer make no difference to it. */
const SILENCE_MS = 5000;

/**
 * Events through Redis pub/sub on one channel. All events of one turn of the event loop are one message. A connection
 * that breaks is replaced, by one to the next node where there are several; events are lost in the meantime.
 *
 * Orders are personal data: the channel is as confidential as the ticket queue's keys, and belongs on the same Redis.
 */
export function createRedisEventBus({
  url,
  prefix,
  silenceMs = SILENCE_MS,
  onState,
}: RedisEventBusOptions): RedisEventBus {
  const urls = nodeUrls(url);
  const events = new Subject<BusEvent>();
  let connection: EventConnection;
  let ended = 0;
  /** Since a connection was last up. */
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;

  const connect = () => {
    connection = openEventConnection({
      url: urls[ended % urls.length] as string,
      channel: `${prefix}events`,
      silenceMs,
      onUp: () => {
        failures = 0;
        onState?.('up', '');
      },
      onText: (text) => {
        for (const event of decodeEvents(text)) events.next(event);
      },
      onEnd: (reason) => {
        ended += 1;
        failures += 1;
        retry = setTimeout(connect, CONNECTION_OPTIONS.retryStrategy(failures));
        onState?.('down', reason);
      },
    });
  };
  connect();

  let waiting: BusEvent[] = [];
  const send = () => {
    const batch = waiting;
    waiting = [];
    connection.send(encodeEvents(batch));
  };

  return {
    events: {
      publish: (event) => {
        if (waiting.push(event) === 1) setImmediate(send);
      },
      events$: events.asObservable(),
    },
    disconnect: () => {
      clearTimeout(retry);
      connection.close();
      events.complete();
    },
  };
}
