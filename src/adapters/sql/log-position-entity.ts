import { BigIntType, EntitySchema } from '@mikro-orm/core';

/** A row of `log_positions`: where a consumer group goes on in a partition of the order log. */
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
    nextOffset: { type: new BigIntType('number') },
  },
});
