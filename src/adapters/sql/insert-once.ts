import type { EntitySchema } from '@mikro-orm/core';
import type { SqlDatabase } from './connect.ts';

/**
 * Inserts a row unless its id exists; returns whether it was inserted. Not by a failing insert, because libsql leaves a
 * failed statement in progress; nor by MySQL's IGNORE, which would truncate values that are too long.
 */
export async function insertOnce<Row extends { id: string }>(
  database: SqlDatabase,
  entity: EntitySchema<Row>,
  row: Row,
): Promise<boolean> {
  const insert = database
    .em()
    .createQueryBuilder<Row>(entity)
    .insert(row as never)
    .onConflict('id' as never);
  // MySQL does not count an unchanged row as affected, SQLite does.
  const query = database.dialect === 'sqlite' ? insert.ignore() : insert.merge(['id'] as never);
  const { affectedRows } = await query.execute<{ affectedRows: number }>('run');
  return affectedRows === 1;
}
