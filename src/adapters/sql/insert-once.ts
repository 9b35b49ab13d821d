import type { EntitySchema } from '@mikro-orm/core';
import type { SqlDatabase } from './connect.ts';

/**
 * Inserts a row unless its id is taken; whether it did. Not by an insert that fails: libsql leaves a failed statement in
 * progress. Nor by MySQL's IGNORE, which would cut what is too long instead of refusing it.
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
  // A row that stays as it was is not counted as affected in MySQL, but is in SQLite.
  const query = database.dialect === 'sqlite' ? insert.ignore() : insert.merge(['id'] as never);
  const { affectedRows } = await query.execute<{ affectedRows: number }>('run');
  return affectedRows === 1;
}
