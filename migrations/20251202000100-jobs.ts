import type { SchemaStep } from './schema-step.ts';

/**
 * Jobs that refund or cancel the orders of a sale.
 *
 * - `running` is 1 while the job is running, else NULL: the unique key admits one running job of a kind in a sale.
 * - `request_key` is the Idempotency-Key of the request, if it had one.
 * - `steered` is raised by each stop and resumption, `step` by each batch; `last_order` is the last order that was handled, '' at first, and `batch` has the ids of the
 *   orders that are being handled, joined by commas: after a crash exactly these are handled again.
 * - `given_back` is in minor units of `currency`, 0 of a job that cancels.
 */
export const jobs: SchemaStep = {
  name: 'Migration20251202000100',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS jobs (
        id TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        sale_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        return_tickets INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        request_key TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        running INTEGER,
        step INTEGER NOT NULL,
        steered INTEGER NOT NULL,
        total INTEGER NOT NULL,
        done INTEGER NOT NULL,
        skipped INTEGER NOT NULL,
        given_back INTEGER NOT NULL,
        currency TEXT NOT NULL,
        last_order TEXT NOT NULL,
        batch TEXT NOT NULL
      ) STRICT`,
      'CREATE UNIQUE INDEX IF NOT EXISTS jobs_running ON jobs (running, sale_id, kind)',
      'CREATE UNIQUE INDEX IF NOT EXISTS jobs_request ON jobs (sale_id, request_key)',
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS jobs (
        id CHAR(19) NOT NULL PRIMARY KEY,
        kind VARCHAR(10) NOT NULL,
        sale_id VARCHAR(64) NOT NULL,
        reason VARCHAR(1000) NOT NULL,
        return_tickets TINYINT NOT NULL,
        created_by VARBINARY(384) NOT NULL,
        request_key VARBINARY(765) NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        state VARCHAR(10) NOT NULL,
        running TINYINT NULL,
        step INT NOT NULL,
        steered INT NOT NULL,
        total BIGINT NOT NULL,
        done BIGINT NOT NULL,
        skipped BIGINT NOT NULL,
        given_back BIGINT NOT NULL,
        currency VARCHAR(3) NOT NULL,
        last_order VARCHAR(14) NOT NULL,
        batch MEDIUMTEXT NOT NULL,
        UNIQUE KEY jobs_running (running, sale_id, kind),
        UNIQUE KEY jobs_request (sale_id, request_key)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
