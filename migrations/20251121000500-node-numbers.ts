import type { SchemaStep } from './schema-step.ts';

/**
 * The marks of node numbers: a number's order ids are made for times before its mark only, in milliseconds since 1970.
 * Earlier releases kept them as positions of a consumer group that read no log; they move here. A process of such a
 * release neither reads nor raises marks in this table: stop all of them before this step runs.
 */
export const nodeNumbers: SchemaStep = {
  name: 'Migration20251121000500',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS node_numbers (
        node INTEGER NOT NULL PRIMARY KEY,
        mark INTEGER NOT NULL
      ) STRICT`,
      `INSERT INTO node_numbers (node, mark)
        SELECT log_partition, next_offset FROM log_positions WHERE consumer_group = 'floodgate.node-numbers'
        ON CONFLICT (node) DO UPDATE SET mark = max(mark, excluded.mark)`,
      `DELETE FROM log_positions WHERE consumer_group = 'floodgate.node-numbers'`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS node_numbers (
        node INT NOT NULL PRIMARY KEY,
        mark BIGINT NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      `INSERT INTO node_numbers (node, mark)
        SELECT log_partition, next_offset FROM log_positions WHERE consumer_group = 'floodgate.node-numbers'
        ON DUPLICATE KEY UPDATE mark = GREATEST(node_numbers.mark, log_positions.next_offset)`,
      `DELETE FROM log_positions WHERE consumer_group = 'floodgate.node-numbers'`,
    ],
  },
};
