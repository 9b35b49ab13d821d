import { catalogue } from './20251121000000-catalogue.ts';
import { orders } from './20251121000100-orders.ts';
import { orderLife } from './20251121000200-order-life.ts';
import { logFences } from './20251121000300-log-fences.ts';
import { settings } from './20251121000400-settings.ts';
import { nodeNumbers } from './20251121000500-node-numbers.ts';
import { paymentMismatches } from './20251122000300-payment-mismatches.ts';
import { tokenRevocations } from './20251130000000-token-revocations.ts';
import { saleChanges } from './20251201000000-sale-changes.ts';
import { removedSales } from './20251201000100-removed-sales.ts';
import { orderTickets } from './20251201000200-order-tickets.ts';
import { money } from './20251202000000-money.ts';
import { jobs } from './20251202000100-jobs.ts';
import type { SchemaStep } from './schema-step.ts';

/** In the order in which they run. Append; never change, rename or reorder one that was released. */
export const SCHEMA_STEPS: readonly SchemaStep[] = [
  catalogue,
  orders,
  orderLife,
  logFences,
  settings,
  nodeNumbers,
  paymentMismatches,
  tokenRevocations,
  saleChanges,
  removedSales,
  orderTickets,
  money,
  jobs,
];
