import { groupsOf } from '../../src/app/defaults.ts';
import type { Config } from '../../src/config.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { Ports } from '../../src/roles/ports.ts';

/** Signs the tokens of benchmark buyers; it protects nothing. */
export const SECRET = 'the secret of a benchmark, it guards nothing at all';

/** The orders of these sales that are stored as reserved. */
export async function storedOf({ store }: Pick<Ports, 'store'>, saleIds: readonly string[]): Promise<number> {
  let stored = 0;
  for (const id of saleIds) stored += (await store.counts(id)).states.reserved;
  return stored;
}

/** The reservations of these sales in the live state. */
export async function shownOf({ live }: Pick<Ports, 'live'>, saleIds: readonly string[]): Promise<number> {
  let shown = 0;
  for (const id of saleIds) shown += (await live.sale(id))?.reserved ?? 0;
  return shown;
}

/** What the workers' groups have not acknowledged. */
export async function lagOf({ log }: Pick<Ports, 'log'>, config: Config): Promise<number> {
  const { settlement, liveView } = groupsOf(config);
  return (await log.lag(settlement)) + (await log.lag(liveView));
}

/** An isolated installation of Floodgate; the caller starts its processes. */
export interface Installation {
  /** Settings for its processes. */
  readonly env: Record<string, string>;
  publish(sale: Sale): Promise<Sale>;
  publishAll(sales: readonly Sale[]): Promise<void>;
  /** How many orders of the sales are stored as reserved. */
  stored(...saleIds: readonly string[]): Promise<number>;
  /** Records that the workers' groups have not acknowledged, which they do a few times a second. */
  lag(): Promise<number>;
  /** How many reservations of the sales the live state has. */
  shown(...saleIds: readonly string[]): Promise<number>;
  remove(): Promise<void>;
}
