import { Redis } from 'ioredis';
import { messageOf } from '../../domain/errors.ts';
import { connectionProblem } from './connection-problem.ts';
import { CONNECTION_OPTIONS } from './options.ts';

export interface EventConnectionOptions {
  readonly url: string;
  readonly channel: string;
  /** A connection without a reply for this long is considered dead. Milliseconds. */
  readonly silenceMs: number;
  /** From now on messages are sent and received. */
  readonly onUp: () => void;
  readonly onText: (text: string) => void;
  /** It broke, or could not be established. Called once, and the last callback. */
  readonly onEnd: (reason: string) => void;
}

export interface EventConnection {
  /** The text is dropped while the connection is not up. */
  send(text: string): void;
  /** Ends it without `onEnd`. */
  close(): void;
}

/** Two connections to one Redis, because one that subscribes can't publish. They do not reconnect. */
export function openEventConnection(options: EventConnectionOptions): EventConnection {
  const { url, channel, silenceMs, onUp, onText, onEnd } = options;
  const redisOptions = { ...CONNECTION_OPTIONS, autoResubscribe: false, retryStrategy: () => null };
  const publisher = new Redis(url, redisOptions);
  const subscriber = new Redis(url, redisOptions);
  const both = [publisher, subscriber];
  let reason = 'the connection was closed';
  let subscribed = false;
  let ended = false;

  const close = () => {
    ended = true;
    stopWatching();
    for (const redis of both) redis.disconnect();
  };
  const end = (why: string) => {
    if (ended) return;
    close();
    onEnd(why);
  };
  const stopWatching = watchSilence(both, silenceMs, () => end(`no reply for ${silenceMs} ms`));

  const upIfBoth = () => {
    if (subscribed && publisher.status === 'ready') onUp();
  };
  for (const redis of both) {
    redis.on('error', (error) => {
      reason = connectionProblem(url, error);
    });
    redis.on('close', () => end(reason));
  }
  publisher.on('ready', upIfBoth);
  subscriber.on('ready', async () => {
    try {
      await subscriber.subscribe(channel);
      subscribed = true;
      upIfBoth();
    } catch (error) {
      end(messageOf(error));
    }
  });
  subscriber.on('message', (_channel, text: string) => {
    if (!ended) onText(text);
  });

  return {
    send: (text) => {
      // A rejection means that the connection broke before the reply; the message may have been delivered or not.
      if (publisher.status === 'ready') publisher.publish(channel, text).catch(() => {});
    },
    close,
  };
}

/** Pings all connections, since a subscriber alone would never notice that its connection is dead. */
function watchSilence(connections: readonly Redis[], silenceMs: number, onSilence: () => void): () => void {
  let replies = connections.length;
  const watch = setInterval(() => {
    if (replies < connections.length) return onSilence();
    replies = 0;
    for (const redis of connections) {
      redis.ping().then(
        () => {
          replies += 1;
        },
        () => {},
      );
    }
  }, silenceMs);
  watch.unref();
  return () => clearInterval(watch);
}
