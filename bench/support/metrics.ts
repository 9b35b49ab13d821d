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

/** What a front has answered since it started. */
export async function purchaseCounts(port: number, saleId?: string): Promise<PurchaseCounts> {
  return readPurchaseCounts(await metricsOf(port), saleId);
}

export function readPurchaseCounts(metrics: string, saleId = ''): PurchaseCounts {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
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

const LAG_POLL_MS = 10;

/** Resolves when the groups that the process reads for have read all there is, with the milliseconds that it took. */
export async function backlogGone(port: number): Promise<number> {
  const from = performance.now();
  for (;;) {
    const metrics = await metricsOf(port);
    const lags = Array.from(metrics.matchAll(/^floodgate_consumer_lag\{.*\} (\d+)$/gm), ([, lag]) => Number(lag));
    if (lags.every((lag) => lag === 0)) return performance.now() - from;
    await delay(LAG_POLL_MS);
  }
}
