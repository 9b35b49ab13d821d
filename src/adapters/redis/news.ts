import { Redis } from 'ioredis';
import { Subject } from 'rxjs';
import { messageOf } from '../../domain/errors.ts';
import type { News, NewsItem } from '../../ports/news.ts';
import { keepAlive } from './keep-alive.ts';
import { readNews, writeNews } from './news-wire.ts';
import { CONNECTION_OPTIONS } from './options.ts';

export interface RedisNewsOptions {
  /** redis:// or rediss://; of a cluster any node: it passes messages on to all the others. */
  readonly url: string;
  /** Begins the channel's name; all processes of an installation have the same one. */
  readonly prefix: string;
  /** After so long without a sign of life a connection is taken for dead. Milliseconds. @default 5000 */
  readonly silenceMs?: number;
  /** `up` when news can be told and heard, `down` when they can't any more or can't yet. */
  readonly onState?: (state: 'up' | 'down', reason: string) => void;
}

export interface RedisNews {
  readonly news: News;
  /** Ends `news$`; what is told from now on is dropped. */
  disconnect(): void;
}

/** The countdown reads the stock anew every 5 s: news that are lost longer than that make no difference. */
const SILENCE_MS = 5000;

/**
 * News by Redis pub/sub on one channel. What one turn of the event loop tells is one message. Two connections, because
 * one that listens can do nothing else; each is made anew when it breaks, and what is told or would have been heard
 * meanwhile is lost.
 *
 * Orders are personal data: the channel is as confidential as the ticket queue's keys, and belongs on the same Redis.
 */
export function createRedisNews({ url, prefix, silenceMs = SILENCE_MS, onState }: RedisNewsOptions): RedisNews {
  const channel = `${prefix}news`;
  const items = new Subject<NewsItem>();
  const teller = new Redis(url, CONNECTION_OPTIONS);
  const listener = new Redis(url, { ...CONNECTION_OPTIONS, autoResubscribe: false });
  const stopWatching = [teller, listener].map((redis) => keepAlive(redis, silenceMs));

  let listening = false;
  let closed = false;
  let reason = 'not connected yet';
  const tellIfUp = () => {
    if (listening && teller.status === 'ready') onState?.('up', '');
  };
  const listen = async () => {
    try {
      await listener.subscribe(channel);
      listening = true;
      tellIfUp();
    } catch (error) {
      reason = messageOf(error);
      // Refused, or cut off: either way only a new connection helps.
      if (!closed) listener.disconnect(true);
    }
  };
  teller.on('ready', tellIfUp);
  listener.on('ready', listen);
  listener.on('message', (_channel, text: string) => {
    for (const item of readNews(text)) items.next(item);
  });
  for (const redis of [teller, listener]) {
    redis.on('error', (error) => {
      reason = messageOf(error);
    });
    redis.on('close', () => {
      if (redis === listener) listening = false;
      if (!closed) onState?.('down', reason);
    });
  }

  let waiting: NewsItem[] = [];
  const publish = () => {
    const told = waiting;
    waiting = [];
    // Rejects when the connection breaks before the answer: dropped, or heard all the same.
    if (teller.status === 'ready') teller.publish(channel, writeNews(told)).catch(() => {});
  };

  return {
    news: {
      tell: (item) => {
        if (waiting.push(item) === 1) setImmediate(publish);
      },
      news$: items.asObservable(),
    },
    disconnect: () => {
      closed = true;
      for (const stop of stopWatching) stop();
      teller.disconnect();
      listener.disconnect();
      items.complete();
    },
  };
}
