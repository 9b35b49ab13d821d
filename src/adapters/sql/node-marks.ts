import type { NodeMarks } from '../../ports/node-marks.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';

const MARK = 'SELECT mark FROM node_numbers WHERE node = ?';

const RAISE = {
  sqlite:
    'INSERT INTO node_numbers (node, mark) VALUES (?, ?) ' +
    'ON CONFLICT (node) DO UPDATE SET mark = max(mark, excluded.mark)',
  // The derived table names the new mark on MySQL and MariaDB alike.
  mysql:
    'INSERT INTO node_numbers (node, mark) SELECT node, mark FROM (SELECT ? AS node, ? AS mark) AS raised ' +
    'ON DUPLICATE KEY UPDATE mark = GREATEST(node_numbers.mark, raised.mark)',
} as const;

/** The marks of node numbers in either dialect. */
export function createSqlNodeMarks(database: SqlDatabase): NodeMarks {
  return {
    mark: (node) =>
      withSqlFaults('reading the mark of a node number', async () => {
        const [row] = await database.rows<{ readonly mark: number }>(MARK, node);
        return row?.mark;
      }),

    raise: (node, mark) =>
      withSqlFaults('raising the mark of a node number', async () => {
        await database.run(RAISE[database.dialect], node, mark);
      }),
  };
}
