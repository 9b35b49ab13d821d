import { setTimeout as delay } from 'node:timers/promises';

export interface PurchaseCounts {
  readonly accepted: number;
  readonly refused: number;
  /** By the code of the problem. */
  readonly byCode: Readonly<Record<string, number>>;
  /** Of the sale that was asked about; undefined until its first purchase. */
  readonly remaining: number | undefined;
}

export async function metricsOf(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** What a front has answered since it started. */
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

/** Refusals for another reason than that no ticket is left. */
export const otherRefusals = ({ refused, byCode }: PurchaseCounts): number => refused - (byCode.sold_out ?? 0);

/** What each group has not read yet. A process reads it for each answer, and leaves out what it can't tell in time. */
export function readLags(metrics: string): ReadonlyMap<string, number> {
  const lines = metrics.matchAll(/^floodgate_consumer_lag\{group="([^"]*)"\} (\d+)$/gm);
  return new Map(Array.from(lines, ([, group = '', lag]) => [group, Number(lag)]));
}

export interface BacklogOptions {
  /** Groups that the process reads for. @default those of a worker: settlement and the live view */
  readonly groups?: number;
  /** @default 60,000 */
  readonly stalledMs?: number;
}

const LAG_POLL_MS = 10;

/**
 * Resolves when all groups that the process reads for have read all there is. Errors: Error that tells the lags when they
 * have not become less for `stalledMs`.
 */
export async function backlogGone(
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
      const told = Array.from(lags, ([group, lag]) => `${group} ${lag}`).join(', ') || 'none';
      throw new Error(`the backlog of ${groups} groups stands still, lags: ${told}`);
    }
    await delay(LAG_POLL_MS);
  }
}
