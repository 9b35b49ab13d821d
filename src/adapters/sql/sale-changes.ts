import type { Catalogue, SaleAction, SaleChange, SaleHistoryEntry } from '../../ports/catalogue.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import type { SqlStatement } from './run-then.ts';
import { textOf } from './text-of.ts';

const INSERT = `INSERT INTO sale_changes (sale_id, version, changed_at, changed_by, action, changes, request_key)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;

const HISTORY = `SELECT version, changed_at, changed_by, action, changes, request_key FROM sale_changes
  WHERE sale_id = ? AND version < ? ORDER BY version DESC LIMIT ?`;

const BY_KEY = `SELECT version, changed_at, changed_by, action, changes, request_key FROM sale_changes
  WHERE sale_id = ? AND request_key = ? LIMIT 1`;

/** Above any version, which is an INT in MySQL. */
const NO_VERSION = 2 ** 31 - 1;

interface ChangeRow {
  readonly version: number;
  readonly changed_at: number;
  readonly changed_by: string | Uint8Array;
  readonly action: SaleAction;
  readonly changes: string;
  readonly request_key: string | Uint8Array | null;
}

/** Adds a change to the history. */
export function insertSaleChange(
  { id, version }: { readonly id: string; readonly version: number },
  { at, by, action, changes, key }: SaleChange,
): SqlStatement {
  return { sql: INSERT, params: [id, version, at, by, action, JSON.stringify(changes), key ?? null] };
}

/** The history of sales in either dialect. */
export function createSaleHistory(database: SqlDatabase): Pick<Catalogue, 'saleChange' | 'saleHistory'> {
  return {
    saleChange: (saleId, key) =>
      withSqlFaults('reading the history of a sale', async () => {
        const [row] = await database.rows<ChangeRow>(BY_KEY, saleId, key);
        return row && entryOf(row);
      }),

    saleHistory: ({ saleId, before = NO_VERSION, limit }) =>
      withSqlFaults('reading the history of a sale', async () => {
        const rows = await database.rows<ChangeRow>(HISTORY, saleId, before, limit);
        return rows.map(entryOf);
      }),
  };
}

function entryOf({ version, changed_at, changed_by, action, changes, request_key }: ChangeRow): SaleHistoryEntry {
  return {
    version,
    at: Number(changed_at),
    by: textOf(changed_by),
    action,
    changes: JSON.parse(changes) as SaleChange['changes'],
    ...(request_key === null ? {} : { key: textOf(request_key) }),
  };
}
