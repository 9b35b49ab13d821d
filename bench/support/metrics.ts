import { setTimeout as delay } from 'node:timers/promises';

export interface PurchaseCounts {
  readonly accepted: number;
  readonly refused: number;
  /** By problem code. */
  readonly byCode: Readonly<Record<string, number>>;
  /** Tickets of the given sale; undefined before its first purchase. */
  readonly remaining: number | undefined;
}

export async function metricsOf(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** The front's answers since it started. */
export async function purchaseCounts(port: number, saleId?: string): Promise<PurchaseCounts> {
  return readPurchaseCounts(await metricsOf(port), saleId);
}

export function readPurchaseCounts(metrics: string, saleId = ''): PurchaseCounts {
  const accepted = Array.from(metrics.matchAll(/^floodgate_purchases_accepted_total\{.*\} (\d+)$/gm), ([, n]) =>
    Number(n),
  );
  const refused = Array.from(
    metrics.matchAll(/^floodgate_purchases_refused_total\{code="(\w+)"\} (\d+)$/gm),
    ([, code, n]) => [code as string, Number(n)] as const,
  );
  const remaining = metrics
    .split('\n')
    .find((line) => line.startsWith(`floodgate_sale_remaining{sale="${saleId}"}`))
    ?.split(' ')[1];
  return {
    accepted: sum(accepted),
    refused: sum(refused.map(([, n]) => n)),
    byCode: Object.fromEntries(refused),
    remaining: remaining === undefined ? undefined : Number(remaining),
  };
}

/** Refusals for any reason other than `sold_out`. */
export const otherRefusals = ({ refused, byCode }: PurchaseCounts): number => refused - (byCode.sold_out ?? 0);

/** Unread records by consumer group. The process reads them on each scrape, and omits a group that it can't read in time. */
export function readLags(metrics: string): ReadonlyMap<string, number> {
  const lines = metrics.matchAll(/^floodgate_consumer_lag\{group="([^"]*)"\} (\d+)$/gm);
  return new Map(Array.from(lines, ([, group = '', lag]) => [group, Number(lag)]));
}

export interface BacklogOptions {
  /** Consumer groups of the process. @default 2, a worker's: settlement and the live view */
  readonly groups?: number;
  /** @default 60,000 */
  readonly stalledMs?: number;
}

/** A front answers ten scrapes a second with a reading of their own; further ones wait for the next second. */
const LAG_POLL_MS = 125;

/**
 * Resolves when all consumer groups of the process have read everything. Errors: Error with the lags when they have not
 * decreased for `stalledMs`.
 */
export async function backlogDrained(
  port: number,
  { groups = 2, stalledMs = 60_000 }: BacklogOptions = {},
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let since = performance.now();
  for (;;) {
    const lags = readLags(await metricsOf(port));
    const left = lags.size < groups ? Number.POSITIVE_INFINITY : sum([...lags.values()]);
    if (left === 0) return;
    if (left < least) [least, since] = [left, performance.now()];
    if (performance.now() - since > stalledMs) {
      const text = Array.from(lags, ([group, lag]) => `${group} ${lag}`).join(', ') || 'none';
      throw new Error(`the backlog of ${groups} groups does not decrease, lags: ${text}`);
    }
    await delay(LAG_POLL_MS);
  }
}
