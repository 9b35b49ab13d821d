import { type AdminSaleRoutesDeps, adminSaleRoutes } from './admin-sale-routes.ts';
import { type AdminSettingsRoutesDeps, adminSettingsRoutes } from './admin-settings-routes.ts';
import { type AuditRoutesDeps, auditRoutes } from './audit-routes.ts';
import { openApiDocument } from './openapi.ts';
import type { Operation } from './operation.ts';
import { type OperationRoutesDeps, operationRoutes } from './operation-routes.ts';
import { type OrderRoutesDeps, orderRoutes } from './order-routes.ts';
import { type PaymentWebhookDeps, paymentWebhook } from './payment-webhook.ts';
import { type ProductRoutesDeps, productRoutes } from './product-routes.ts';
import { type PurchaseRoutesDeps, purchaseRoutes } from './purchase-routes.ts';
import { limited, limitedByAddress } from './rate-limit.ts';
import { type SalesRoutesDeps, salesRoutes } from './sales-routes.ts';

export type RoutesDeps = SalesRoutesDeps &
  PurchaseRoutesDeps &
  OrderRoutesDeps &
  PaymentWebhookDeps &
  ProductRoutesDeps &
  AdminSaleRoutesDeps &
  AuditRoutesDeps &
  AdminSettingsRoutesDeps &
  OperationRoutesDeps;

/** The whole API, for a front to serve. */
export function createRoutes(deps: RoutesDeps): readonly Operation[] {
  let contract = '';
  const routes: readonly Operation[] = [
    ...operationRoutes(deps, () => contract),
    ...salesRoutes(deps),
    ...purchaseRoutes(deps).map((operation) => limitedByAddress(operation, deps)),
    ...orderRoutes(deps).map((operation) => limited(operation, deps)),
    ...paymentWebhook(deps),
    ...productRoutes(deps),
    ...adminSaleRoutes(deps),
    ...auditRoutes(deps),
    ...adminSettingsRoutes(deps),
  ];
  contract = JSON.stringify(openApiDocument(routes));
  return routes;
}
