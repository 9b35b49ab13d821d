import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from './http-client.ts';

const LAG = /^floodgate_consumer_lag\{group="[^"]*"\} (\d+)$/gm;
const GIVE_UP_MS = 30_000;
const POLL_MS = 20;

/** Resolves when the workers have stored all that the log held. */
export async function untilSettled(client: Client): Promise<void> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (;;) {
    const { body } = await client.get('/metrics');
    const lags = Array.from(body.matchAll(LAG), ([, lag]) => Number(lag));
    if (lags.length > 0 && lags.every((lag) => lag === 0)) return;
    if (performance.now() > giveUpAt) throw new Error(`consumers still lag behind by ${lags.join(' and ')} entries`);
    await delay(POLL_MS);
  }
}
