import { type Static, Type } from '@sinclair/typebox';
import type { Sale } from '../../domain/sale.ts';
import type { HttpReply, HttpRequest } from '../../ports/http.ts';
import type { SaleReport } from '../../services/report.ts';
import type { InvalidSettings, NewSale, SaleAdmin, SaleChanges } from '../../services/sale-admin.ts';
import type { Sales } from '../../services/sales.ts';
import { adminDoc } from '../admin/doc.ts';
import { sendVersioned, UNCACHED } from '../admin/reply.ts';
import { ETag, IfMatch } from '../admin/schemas.ts';
import { forAdmins } from '../auth/admin-access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { bodyReader } from '../http/body.ts';
import { SaleId } from '../http/common-schemas.ts';
import { EmptyBody, refusalOfBody } from '../http/empty-body.ts';
import { expectedVersion } from '../http/if-match.ts';
import type { Operation, OperationDoc } from '../http/operation.ts';
import { parseTime } from '../http/parse-time.ts';
import { sendProblem, sendRendered } from '../http/problem.ts';
import type { ProblemCode } from '../http/problems.ts';
import type { OnFault } from '../http/reading.ts';
import { JSON_TYPE } from '../orders/json.ts';
import {
  DEFAULT_BUYER_LIMIT,
  DEFAULT_PAY_SECONDS,
  NewSaleSchema,
  ReportSchema,
  SaleChangesSchema,
} from './admin-schema.ts';
import { serialiseSale } from './json.ts';
import { serialiseReport } from './report-json.ts';
import { isSaleId } from './routes.ts';
import { SaleSchema } from './schema.ts';

export interface AdminSaleRoutesDeps {
  readonly saleAdmin: Pick<SaleAdmin, 'create' | 'change' | 'publish' | 'close'>;
  readonly sales: Pick<Sales, 'viewOf'>;
  readonly report: (saleId: string) => Promise<SaleReport | undefined>;
  readonly auth: Authenticator;
  readonly onFault: OnFault;
}

const readNew = bodyReader(NewSaleSchema);
const readChanges = bodyReader(SaleChangesSchema);

const BODY_PROBLEMS = ['unsupported_media_type', 'invalid'] as const;

/** What the service calls an outcome that is no sale, as the contract does. */
const PROBLEM_OF = {
  unknown: 'not_found',
  stale: 'stale',
  notDraft: 'not_draft',
  notPublished: 'not_published',
  ended: 'ended',
} as const satisfies Record<string, ProblemCode>;

const theSale = (description: string) => ({ description, schema: SaleSchema, headers: { ETag } });

type Told = Omit<OperationDoc, 'tag' | 'auth'>;

const doc = ({ problems, ...told }: Told) => adminDoc({ problems: ['recovering', ...problems], ...told });

export function adminSaleRoutes(deps: AdminSaleRoutesDeps): readonly Operation[] {
  const { saleAdmin, sales, report, auth, onFault } = deps;
  const admin = forAdmins(auth, onFault);

  async function sendSale(reply: HttpReply, sale: Sale, location?: string): Promise<void> {
    const body = serialiseSale(await sales.viewOf(sale));
    if (location === undefined) return sendVersioned(reply, 200, sale.version, body);
    sendVersioned(reply, 201, sale.version, body, [['location', location]]);
  }

  /** A call about one sale whose path says it all. */
  const command = (run: (saleId: string, request: HttpRequest, reply: HttpReply) => Promise<void>) =>
    admin(async (request, reply) => {
      const [saleId = ''] = request.params;
      if (!isSaleId(saleId)) return sendProblem(reply, 'not_found', request.requestId);
      const refused = refusalOfBody(request);
      if (refused !== undefined) return sendRendered(reply, refused);
      await run(saleId, request, reply);
    });

  return [
    {
      method: 'POST',
      pattern: '/v1/admin/sales',
      doc: doc({
        id: 'createSale',
        summary: 'Draft a sale',
        description: 'Nobody sees it until it is published. Without a text or picture it takes those of its product.',
        body: NewSaleSchema,
        responses: {
          201: {
            ...theSale('The draft.'),
            headers: { ETag, Location: Type.String({ description: 'Where the sale is.' }) },
          },
        },
        problems: BODY_PROBLEMS,
      }),
      handle: admin(async (request, reply) => {
        const body = readNew(request);
        if (!body.ok) return sendRendered(reply, body.answer);
        const outcome = await saleAdmin.create(newSaleOf(body.value));
        if (outcome.kind === 'invalid') return sendInvalid(reply, outcome, request.requestId);
        await sendSale(reply, outcome.sale, `/v1/sales/${outcome.sale.id}`);
      }),
    },
    {
      method: 'PATCH',
      pattern: '/v1/admin/sales/:saleId',
      doc: doc({
        id: 'changeSale',
        summary: 'Change a draft',
        description: 'What is named is changed. A sale that was published stands as it is.',
        path: [SaleId],
        headers: { 'If-Match': IfMatch },
        body: SaleChangesSchema,
        responses: { 200: theSale('The draft as it is now.') },
        problems: ['not_found', 'not_draft', 'stale', ...BODY_PROBLEMS],
      }),
      handle: admin(async (request, reply) => {
        const { params, requestId, ifMatch } = request;
        const [saleId = ''] = params;
        if (!isSaleId(saleId)) return sendProblem(reply, 'not_found', requestId);
        const body = readChanges(request);
        if (!body.ok) return sendRendered(reply, body.answer);
        const outcome = await saleAdmin.change(saleId, saleChangesOf(body.value), expectedVersion(ifMatch));
        if (outcome.kind === 'invalid') return sendInvalid(reply, outcome, requestId);
        if (outcome.kind !== 'changed') return sendProblem(reply, PROBLEM_OF[outcome.kind], requestId);
        await sendSale(reply, outcome.sale);
      }),
    },
    {
      method: 'POST',
      pattern: '/v1/admin/sales/:saleId/publish',
      doc: doc({
        id: 'publishSale',
        summary: 'Put a draft on sale',
        description: 'Its tickets are loaded before anybody sees it. Publishing what is published changes nothing.',
        path: [SaleId],
        body: EmptyBody,
        responses: { 200: theSale('The sale, published.') },
        problems: ['not_found', 'ended', 'closed', ...BODY_PROBLEMS],
      }),
      handle: command(async (saleId, { requestId }, reply) => {
        const outcome = await saleAdmin.publish(saleId);
        if (outcome.kind === 'published') return sendSale(reply, outcome.sale);
        sendProblem(reply, outcome.kind === 'closed' ? 'closed' : PROBLEM_OF[outcome.kind], requestId);
      }),
    },
    {
      method: 'POST',
      pattern: '/v1/admin/sales/:saleId/close',
      doc: doc({
        id: 'closeSale',
        summary: 'Close a sale for good',
        description:
          'Nobody buys from it again; orders stand, and can be paid. Closing what is closed changes nothing.',
        path: [SaleId],
        body: EmptyBody,
        responses: { 200: theSale('The sale, closed.') },
        problems: ['not_found', 'not_published', ...BODY_PROBLEMS],
      }),
      handle: command(async (saleId, { requestId }, reply) => {
        const outcome = await saleAdmin.close(saleId);
        if (outcome.kind === 'closed') return sendSale(reply, outcome.sale);
        sendProblem(reply, PROBLEM_OF[outcome.kind], requestId);
      }),
    },
    {
      method: 'GET',
      pattern: '/v1/admin/sales/:saleId/report',
      doc: doc({
        id: 'saleReport',
        summary: 'What a sale has come to',
        path: [SaleId],
        responses: { 200: { description: 'The report.', schema: ReportSchema } },
        problems: ['not_found'],
      }),
      handle: command(async (saleId, { requestId }, reply) => {
        const found = await report(saleId);
        if (found === undefined) return sendProblem(reply, 'not_found', requestId);
        reply.send(200, JSON_TYPE, serialiseReport(found), UNCACHED);
      }),
    },
  ];
}

function sendInvalid(reply: HttpReply, { errors }: InvalidSettings, requestId: string): void {
  sendProblem(reply, 'invalid', requestId, {
    errors: errors.map(({ setting, message }) => ({ in: 'body', path: `/${setting}`, message })),
  });
}

function newSaleOf({ opensAt, closesAt, ...rest }: Static<typeof NewSaleSchema>): NewSale {
  return {
    perBuyerLimit: DEFAULT_BUYER_LIMIT,
    payWithinSeconds: DEFAULT_PAY_SECONDS,
    ...rest,
    opensAt: msOf(opensAt),
    closesAt: msOf(closesAt),
  };
}

function saleChangesOf({ opensAt, closesAt, ...rest }: Static<typeof SaleChangesSchema>): SaleChanges {
  return {
    ...rest,
    ...(opensAt === undefined ? {} : { opensAt: msOf(opensAt) }),
    ...(closesAt === undefined ? {} : { closesAt: msOf(closesAt) }),
  };
}

/** Of a time that its schema has let through. */
function msOf(text: string): number {
  return parseTime(text) as number;
}
