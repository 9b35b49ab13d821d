import { Redis } from 'ioredis';
import { messageOf } from '../../domain/errors.ts';
import { CONNECTION_OPTIONS } from './options.ts';

export interface EventConnectionOptions {
  readonly url: string;
  readonly channel: string;
  /** After so long without a sign of life the line is taken for dead. Milliseconds. */
  readonly silenceMs: number;
  /** Messages can be sent, and are heard. */
  readonly onUp: () => void;
  readonly onText: (text: string) => void;
  /** It broke, or could not be made; once. Nothing is told after it. */
  readonly onEnd: (reason: string) => void;
}

export interface EventConnection {
  /** Lost while the line is not up. */
  send(text: string): void;
  /** Without `onEnd`. */
  close(): void;
}

/** Two connections to one Redis, because one that listens can do nothing else. They are never renewed. */
export function openEventConnection({
  url,
  channel,
  silenceMs,
  onUp,
  onText,
  onEnd,
}: EventConnectionOptions): EventConnection {
  const options = { ...CONNECTION_OPTIONS, autoResubscribe: false, retryStrategy: () => null };
  const teller = new Redis(url, options);
  const listener = new Redis(url, options);
  let reason = 'the connection was closed';
  let listening = false;
  let ended = false;

  const close = () => {
    ended = true;
    clearInterval(watch);
    teller.disconnect();
    listener.disconnect();
  };
  const end = (why: string) => {
    if (ended) return;
    close();
    onEnd(why);
  };
  const upIfBoth = () => {
    if (listening && teller.status === 'ready') onUp();
  };
  const listen = async () => {
    try {
      await listener.subscribe(channel);
      listening = true;
      upIfBoth();
    } catch (error) {
      end(messageOf(error));
    }
  };

  // Who only listens would never notice that the line is dead.
  let answers = 2;
  const watch = setInterval(() => {
    if (answers < 2) return end(`no sign of life in ${silenceMs} ms`);
    answers = 0;
    for (const redis of [teller, listener]) {
      redis.ping().then(
        () => {
          answers += 1;
        },
        () => {},
      );
    }
  }, silenceMs);
  watch.unref();

  for (const redis of [teller, listener]) {
    redis.on('error', (error) => {
      reason = messageOf(error);
    });
    redis.on('close', () => end(reason));
  }
  teller.on('ready', upIfBoth);
  listener.on('ready', listen);
  listener.on('message', (_channel, text: string) => {
    if (!ended) onText(text);
  });

  return {
    send: (text) => {
      // Rejects when the connection breaks before the answer: lost, or heard all the same.
      if (teller.status === 'ready') teller.publish(channel, text).catch(() => {});
    },
    close,
  };
}
