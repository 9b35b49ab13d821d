import { EntitySchema } from '@mikro-orm/core';
import { wholeNumber } from './column-types.ts';

/** A row of `log_positions`: the next offset of a consumer group in a partition of the order log. */
export interface LogPositionRow {
  consumerGroup: string;
  logPartition: number;
  nextOffset: number;
}

export const LogPositionEntity = new EntitySchema<LogPositionRow>({
  name: 'LogPosition',
  tableName: 'log_positions',
  properties: {
    consumerGroup: { type: 'string', primary: true },
    logPartition: { type: 'integer', primary: true },
    nextOffset: { type: wholeNumber() },
  },
});
