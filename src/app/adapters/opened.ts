import type { SqlDatabase } from '../../adapters/sql/connect.ts';
import type { OrderStore } from '../../ports/order-store.ts';

/** A port's adapter, and how to close it. */
export interface Opened<Port> {
  readonly port: Port;
  close(): Promise<void>;
}

/** The SQL database and the order store on it; the catalogue is on the same one. */
export interface SqlPorts {
  readonly database: SqlDatabase;
  readonly store: OrderStore;
}
