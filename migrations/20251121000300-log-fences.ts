import type { SchemaStep } from './schema-step.ts';

/**
 * The fences that a consumer group has passed: beside its positions, so that both change in one transaction. `sale_id`
 * comes before the partition, since a recovery asks again and again in how many partitions a sale's fence is; what a
 * partition has is asked for once in an assignment, of a table that has a row for each recovery, sale and partition.
 */
export const logFences: SchemaStep = {
  name: 'Migration20251121000300',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS log_fences (
        consumer_group TEXT NOT NULL,
        sale_id TEXT NOT NULL,
        log_partition INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        log_offset INTEGER NOT NULL,
        PRIMARY KEY (consumer_group, sale_id, log_partition, epoch)
      ) STRICT, WITHOUT ROWID`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS log_fences (
        consumer_group VARCHAR(255) NOT NULL,
        sale_id VARCHAR(64) NOT NULL,
        log_partition INT NOT NULL,
        epoch INT NOT NULL,
        log_offset BIGINT NOT NULL,
        PRIMARY KEY (consumer_group, sale_id, log_partition, epoch)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
