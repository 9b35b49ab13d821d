import { isSaleId } from '../../domain/ids.ts';
import type { Sale } from '../../domain/sale.ts';
import type { HttpReply, HttpRequest } from '../../ports/http.ts';
import type { ArchiveOutcome } from '../../services/archive-sale.ts';
import type { InvalidSettings } from '../../services/invalid-settings.ts';
import type { ChangeOutcome } from '../../services/sale-admin.ts';
import type { Sales } from '../../services/sales.ts';
import type { SteerOutcome } from '../../services/steer-sale.ts';
import { type AdminDeps, adminDoc, handleForAdmin } from '../admin/operation.ts';
import type { Principal } from '../auth/authenticator.ts';
import { refusalOfBody } from '../http/body.ts';
import type { OperationDoc } from '../http/operation.ts';
import { sendInvalid, sendProblem, sendRendered } from '../http/problem.ts';
import type { ProblemCode } from '../http/problems.ts';
import { ETag, sendVersioned } from '../http/versioned.ts';
import { serialiseSale } from './json.ts';
import { SaleSchema } from './schema.ts';

export const ADMIN_SALES = '/v1/admin/sales';
export const ADMIN_SALE = `${ADMIN_SALES}/:saleId`;

/** The problem for each outcome of the service that is not a sale. */
export const PROBLEM_OF = {
  unknown: 'not_found',
  stale: 'stale',
  notDraft: 'not_draft',
  notPublished: 'not_published',
  closed: 'closed',
  ended: 'ended',
  archived: 'archived',
  notOver: 'not_over',
  keyMismatch: 'key_mismatch',
} as const satisfies Record<string, ProblemCode>;

export const saleResponse = (description: string) => ({ description, schema: SaleSchema, headers: { ETag } });

export const saleDoc = ({ problems, ...doc }: Omit<OperationDoc, 'tag' | 'auth'>) =>
  adminDoc({ problems: ['recovering', ...problems], ...doc });

type RunOnSale = (saleId: string, request: HttpRequest, reply: HttpReply, admin: Principal) => Promise<void>;

/** A handler for an operation on one sale. */
export function handleForSale(deps: AdminDeps, run: RunOnSale) {
  return handleForAdmin(deps, async (request, reply, admin) => {
    const [saleId = ''] = request.params;
    if (!isSaleId(saleId)) return sendProblem(reply, 'not_found', request.requestId);
    await run(saleId, request, reply, admin);
  });
}

/** A handler for an operation on one sale that takes no body. */
export function handleCommand(deps: AdminDeps, run: RunOnSale) {
  return handleForSale(deps, async (saleId, request, reply, admin) => {
    const refused = refusalOfBody(request);
    if (refused !== undefined) return sendRendered(reply, refused);
    await run(saleId, request, reply, admin);
  });
}

/** 201 with a location, 200 without one. */
export async function sendSale(
  sales: Pick<Sales, 'viewOf'>,
  reply: HttpReply,
  sale: Sale,
  location?: string,
): Promise<void> {
  const body = serialiseSale(await sales.viewOf(sale));
  if (location === undefined) return sendVersioned(reply, 200, sale.version, body);
  sendVersioned(reply, 201, sale.version, body, [['location', location]]);
}

/** The changed sale, or why it was not changed. */
export async function sendOutcome(
  { sales }: { readonly sales: Pick<Sales, 'viewOf'> },
  reply: HttpReply,
  outcome: SteerOutcome | ChangeOutcome | ArchiveOutcome,
  requestId: string,
): Promise<void> {
  if (outcome.kind === 'changed') return sendSale(sales, reply, outcome.sale);
  if (outcome.kind === 'invalid') return sendInvalidSettings(reply, outcome, requestId);
  if (outcome.kind === 'notSettled') {
    return sendProblem(reply, 'not_settled', requestId, { outstanding: { ...outcome.outstanding } });
  }
  sendProblem(reply, PROBLEM_OF[outcome.kind], requestId);
}

export function sendInvalidSettings(reply: HttpReply, { errors }: InvalidSettings, requestId: string): void {
  const fields = errors.map(({ setting, message }) => ({ in: 'body' as const, path: `/${setting}`, message }));
  sendInvalid(reply, requestId, fields);
}
