import type { Static } from '@sinclair/typebox';
import type { NewSale, SaleChanges } from '../../services/sale-admin.ts';
import { parseTime } from '../http/parse-time.ts';
import {
  DEFAULT_BUYER_LIMIT,
  DEFAULT_PAY_SECONDS,
  type NewSaleSchema,
  type SaleChangesSchema,
} from './admin-schema.ts';

export function newSaleOf({ opensAt, closesAt, ...rest }: Static<typeof NewSaleSchema>): NewSale {
  return {
    perBuyerLimit: DEFAULT_BUYER_LIMIT,
    payWithinSeconds: DEFAULT_PAY_SECONDS,
    ...rest,
    opensAt: msOf(opensAt),
    closesAt: msOf(closesAt),
  };
}

export function saleChangesOf({ opensAt, closesAt, ...rest }: Static<typeof SaleChangesSchema>): SaleChanges {
  return {
    ...rest,
    ...(opensAt === undefined ? {} : { opensAt: msOf(opensAt) }),
    ...(closesAt === undefined ? {} : { closesAt: msOf(closesAt) }),
  };
}

/** Of a time that has passed its schema. */
function msOf(text: string): number {
  return parseTime(text) as number;
}
