import { Type } from '@sinclair/typebox';
import type { HeaderPairs } from '../../ports/http.ts';
import type { SaleReport } from '../../services/report.ts';
import type { SaleAdmin } from '../../services/sale-admin.ts';
import type { Sales } from '../../services/sales.ts';
import { handleForAdmin } from '../admin/operation.ts';
import { preferredType } from '../http/accept.ts';
import { BODY_PROBLEMS, bodyReader, EmptyBody } from '../http/body.ts';
import { SaleId } from '../http/common-schemas.ts';
import { CSV_CONTENT_TYPE, CSV_TYPE } from '../http/csv.ts';
import { JSON_TYPE, NO_STORE } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { sendProblem, sendRendered } from '../http/problem.ts';
import { ETag, expectedVersions, IfMatch } from '../http/versioned.ts';
import {
  ADMIN_SALE,
  ADMIN_SALES,
  handleCommand,
  handleForSale,
  PROBLEM_OF,
  saleDoc,
  saleResponse,
  sendInvalidSettings,
  sendOutcome,
  sendSale,
} from './admin-reply.ts';
import { NewSaleSchema, ReportSchema, SaleChangesSchema } from './admin-schema.ts';
import { serialiseReport } from './json.ts';
import { type LiveRebuildDeps, liveRebuildRoute } from './live-rebuild-route.ts';
import { newSaleOf, saleChangesOf } from './new-sale.ts';
import { reportCsv } from './report-csv.ts';
import { type SteerRoutesDeps, steerRoutes } from './steer-routes.ts';

export interface AdminSaleRoutesDeps extends LiveRebuildDeps {
  readonly saleAdmin: Pick<SaleAdmin, 'create' | 'change' | 'remove' | 'publish' | 'close'> &
    SteerRoutesDeps['saleAdmin'];
  readonly sales: Pick<Sales, 'viewOf'>;
  /** 'busy' when too many other reports are waiting. */
  readonly report: (saleId: string) => Promise<SaleReport | 'busy' | undefined>;
}

const readNew = bodyReader(NewSaleSchema);
const readChanges = bodyReader(SaleChangesSchema);

export function adminSaleRoutes(deps: AdminSaleRoutesDeps): readonly Operation[] {
  return [
    createSale(deps),
    changeSale(deps),
    removeSale(deps),
    publishSale(deps),
    closeSale(deps),
    ...steerRoutes(deps),
    saleReport(deps),
    liveRebuildRoute(deps),
  ];
}

function createSale(deps: AdminSaleRoutesDeps): Operation {
  const { saleAdmin, sales } = deps;
  return {
    method: 'POST',
    pattern: ADMIN_SALES,
    doc: saleDoc({
      id: 'createSale',
      summary: 'Create a draft sale',
      description:
        'Only admins see it until it is published. If description or image are missing, those of its product are used.',
      body: NewSaleSchema,
      responses: {
        201: {
          ...saleResponse('The draft.'),
          headers: { ETag, Location: Type.String({ description: 'The URL of the sale.' }) },
        },
      },
      problems: BODY_PROBLEMS,
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const body = readNew(request);
      if (!body.ok) return sendRendered(reply, body.answer);
      const outcome = await saleAdmin.create(newSaleOf(body.value));
      if (outcome.kind === 'invalid') return sendInvalidSettings(reply, outcome, request.requestId);
      if (outcome.kind !== 'created') return sendProblem(reply, 'in_use', request.requestId);
      await sendSale(sales, reply, outcome.sale, `/v1/sales/${outcome.sale.id}`);
    }),
  };
}

function changeSale(deps: AdminSaleRoutesDeps): Operation {
  return {
    method: 'PATCH',
    pattern: ADMIN_SALE,
    doc: saleDoc({
      id: 'changeSale',
      summary: 'Change a draft, or the texts of a sale',
      description:
        'Changes the fields that the body contains. Of a published sale that is not closed only title, description and image can ' +
        'be changed; see extendSale and addStock.',
      path: [SaleId],
      headers: { 'If-Match': IfMatch },
      body: SaleChangesSchema,
      responses: { 200: saleResponse('The changed sale.') },
      problems: ['not_found', 'not_draft', 'stale', ...BODY_PROBLEMS],
    }),
    handle: handleForSale(deps, async (saleId, request, reply, { userId }) => {
      const body = readChanges(request);
      if (!body.ok) return sendRendered(reply, body.answer);
      const command = { by: userId, expected: expectedVersions(request.ifMatch) };
      const outcome = await deps.saleAdmin.change(saleId, saleChangesOf(body.value), command);
      await sendOutcome(deps, reply, outcome, request.requestId);
    }),
  };
}

function removeSale(deps: AdminSaleRoutesDeps): Operation {
  return {
    method: 'DELETE',
    pattern: ADMIN_SALE,
    doc: saleDoc({
      id: 'removeSale',
      summary: 'Delete a draft sale',
      description: 'Its product can be deleted then, too. A published sale cannot be deleted.',
      path: [SaleId],
      headers: { 'If-Match': IfMatch },
      responses: { 204: { description: 'The draft was deleted.' } },
      problems: ['not_found', 'not_draft', 'stale'],
    }),
    handle: handleForSale(deps, async (saleId, { requestId, ifMatch }, reply, { userId }) => {
      const outcome = await deps.saleAdmin.remove(saleId, { by: userId, expected: expectedVersions(ifMatch) });
      if (outcome.kind === 'removed') return reply.send(204, '', '');
      sendProblem(reply, PROBLEM_OF[outcome.kind], requestId);
    }),
  };
}

function publishSale(deps: AdminSaleRoutesDeps): Operation {
  return {
    method: 'POST',
    pattern: `${ADMIN_SALE}/publish`,
    doc: saleDoc({
      id: 'publishSale',
      summary: 'Publish a draft sale',
      description: 'Loads its tickets before buyers can see it. Publishing a published sale again changes nothing.',
      path: [SaleId],
      body: EmptyBody,
      responses: { 200: saleResponse('The published sale.') },
      problems: ['not_found', 'ended', 'closed', 'archived', ...BODY_PROBLEMS],
    }),
    handle: handleCommand(deps, async (saleId, { requestId }, reply, { userId }) => {
      const outcome = await deps.saleAdmin.publish(saleId, userId);
      if (outcome.kind === 'published') return sendSale(deps.sales, reply, outcome.sale);
      sendProblem(reply, PROBLEM_OF[outcome.kind], requestId);
    }),
  };
}

function closeSale(deps: AdminSaleRoutesDeps): Operation {
  return {
    method: 'POST',
    pattern: `${ADMIN_SALE}/close`,
    doc: saleDoc({
      id: 'closeSale',
      summary: 'Close a sale permanently',
      description:
        'Ends selling; existing orders remain valid and can still be paid. Closing a closed sale again changes nothing.',
      path: [SaleId],
      body: EmptyBody,
      responses: { 200: saleResponse('The closed sale.') },
      problems: ['not_found', 'not_published', 'archived', ...BODY_PROBLEMS],
    }),
    handle: handleCommand(deps, async (saleId, { requestId }, reply, { userId }) => {
      const outcome = await deps.saleAdmin.close(saleId, userId);
      if (outcome.kind === 'closed') return sendSale(deps.sales, reply, outcome.sale);
      sendProblem(reply, PROBLEM_OF[outcome.kind], requestId);
    }),
  };
}

const REPORT_TYPES = [JSON_TYPE, CSV_TYPE] as const;
const REPORT_HEADERS: HeaderPairs = [...NO_STORE, ['vary', 'accept']];

function saleReport(deps: AdminSaleRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: `${ADMIN_SALE}/report`,
    doc: saleDoc({
      id: 'saleReport',
      summary: 'Get the results of a sale',
      description:
        'With its orders counted by state. With `Accept: text/csv` all figures but the timeline, in a row below their names.',
      path: [SaleId],
      responses: { 200: { description: 'The report.', schema: ReportSchema, moreTypes: [CSV_TYPE] } },
      problems: ['not_found', 'busy'],
    }),
    handle: handleCommand(deps, async (saleId, { requestId, accept }, reply) => {
      const found = await deps.report(saleId);
      if (found === undefined) return sendProblem(reply, 'not_found', requestId);
      if (found === 'busy') return sendProblem(reply, 'busy', requestId);
      if (preferredType(accept, REPORT_TYPES) === CSV_TYPE)
        reply.send(200, CSV_CONTENT_TYPE, reportCsv(found), REPORT_HEADERS);
      else reply.send(200, JSON_TYPE, serialiseReport(found), REPORT_HEADERS);
    }),
  };
}
