import { Subject } from 'rxjs';
import type { BusEvent, EventBus } from '../../ports/event-bus.ts';
import { type EventConnection, openEventConnection } from './event-connection.ts';
import { decodeEvents, encodeEvents } from './event-wire.ts';
import { nodeUrls } from './node-urls.ts';
import { CONNECTION_OPTIONS } from './options.ts';

export interface RedisEventBusOptions {
  /** One Redis, or nodes of a Redis Cluster: each of them passes messages on to all the others. See node-urls.ts. */
  readonly url: string;
  /** Begins the channel's name; all processes of an installation have the same one. */
  readonly prefix: string;
  /** After so long without a sign of life a connection is taken for dead. Milliseconds. @default 5000 */
  readonly silenceMs?: number;
  /** `up` when events can be told and heard, `down` when they can't any more or can't yet. */
  readonly onState?: (state: 'up' | 'down', reason: string) => void;
}

export interface RedisEventBus {
  readonly events: EventBus;
  /** Ends `events$`; what is told from now on is dropped. */
  disconnect(): void;
}

/** The countdown reads the stock anew every 5 s: events that are lost longer than that make no difference. */
const SILENCE_MS = 5000;

/**
 * News by Redis pub/sub on one channel. What one turn of the event loop tells is one message. A line that breaks is made
 * anew, to the next node where there are several; what is told or would have been heard meanwhile is lost.
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
  const items = new Subject<BusEvent>();
  let line: EventConnection;
  let lines = 0;
  /** Since the last line that came up. */
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;

  const connect = () => {
    line = openEventConnection({
      url: urls[lines % urls.length] as string,
      channel: `${prefix}events`,
      silenceMs,
      onUp: () => {
        failures = 0;
        onState?.('up', '');
      },
      onText: (text) => {
        for (const item of decodeEvents(text)) items.next(item);
      },
      onEnd: (reason) => {
        lines += 1;
        failures += 1;
        retry = setTimeout(connect, CONNECTION_OPTIONS.retryStrategy(failures));
        onState?.('down', reason);
      },
    });
  };
  connect();

  let waiting: BusEvent[] = [];
  const publish = () => {
    const told = waiting;
    waiting = [];
    line.send(encodeEvents(told));
  };

  return {
    events: {
      publish: (item) => {
        if (waiting.push(item) === 1) setImmediate(publish);
      },
      events$: items.asObservable(),
    },
    disconnect: () => {
      clearTimeout(retry);
      line.close();
      items.complete();
    },
  };
}
