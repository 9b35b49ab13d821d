import { type AuditRoutesDeps, auditRoutes } from './audit/routes.ts';
import { type ProductRoutesDeps, productRoutes } from './catalogue/product-routes.ts';
import { openApiDocument } from './http/openapi.ts';
import type { Operation } from './http/operation.ts';
import { type OperationRoutesDeps, operationRoutes } from './http/operation-routes.ts';
import { limited, limitedByAddress } from './http/rate-limit.ts';
import { type OrderRoutesDeps, orderRoutes } from './orders/routes.ts';
import { type PaymentWebhookDeps, paymentWebhook } from './payments/webhook.ts';
import { type PurchaseRoutesDeps, purchaseRoutes } from './purchases/routes.ts';
import { type AdminSaleRoutesDeps, adminSaleRoutes } from './sales/admin-routes.ts';
import { type SalesRoutesDeps, salesRoutes } from './sales/routes.ts';
import { type AdminSettingsRoutesDeps, adminSettingsRoutes } from './settings/routes.ts';

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
