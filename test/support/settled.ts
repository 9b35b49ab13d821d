import { systemClock } from '../../src/adapters/system/clock.ts';
import { poll } from '../../src/resilience/poll.ts';
import type { Client } from './http-client.ts';

const LAG = /^floodgate_consumer_lag\{group="[^"]*"\} (\d+)$/gm;
const GIVE_UP_MS = 30_000;
const POLL_MS = 20;

/** Resolves when the workers have read all of the log. */
export async function untilSettled(client: Client): Promise<void> {
  const lags = await poll(
    async () => {
      const { body } = await client.get('/metrics');
      return Array.from(body.matchAll(LAG), ([, lag]) => Number(lag));
    },
    { until: hasSettled, everyMs: POLL_MS, forMs: GIVE_UP_MS, clock: systemClock },
  );
  if (!hasSettled(lags)) throw new Error(`consumers still lag behind by ${lags.join(' and ')} entries`);
}

const hasSettled = (lags: readonly number[]) => lags.length > 0 && lags.every((lag) => lag === 0);
