import type { Sale } from '../../src/domain/sale.ts';

export { SECRET } from './secret.ts';

/** One installation of Floodgate, nobody else's; its processes are started by who measures. */
export interface Installation {
  /** The settings of its processes. */
  readonly env: Record<string, string>;
  publish(sale: Sale): Promise<Sale>;
  /** Orders that are stored. */
  stored(saleId: string): Promise<number>;
  remove(): Promise<void>;
}
