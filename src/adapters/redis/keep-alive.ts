import type { Redis } from 'ioredis';

/**
 * Asks a connection for a sign of life every `silenceMs`, and makes it anew when none has come until the next time: who
 * only listens would never notice that the line is dead. Returns how to stop.
 */
export function keepAlive(redis: Redis, silenceMs: number): () => void {
  let waiting = false;
  redis.on('ready', () => {
    waiting = false;
  });
  const timer = setInterval(() => {
    if (redis.status !== 'ready') return;
    if (waiting) {
      redis.disconnect(true);
      return;
    }
    waiting = true;
    // Rejects when the connection breaks, which renews it anyway.
    redis.ping().then(
      () => {
        waiting = false;
      },
      () => {},
    );
  }, silenceMs);
  timer.unref();
  return () => clearInterval(timer);
}
