import { Type } from '@sinclair/typebox';
import type { HttpRequest } from '../../ports/http.ts';
import type { Products } from '../../services/products.ts';
import { adminDoc } from '../admin/doc.ts';
import { sendVersioned, UNCACHED } from '../admin/reply.ts';
import { ETag, IfMatch, PRODUCT_ID_PATTERN, ProductId } from '../admin/schemas.ts';
import { forAdmins } from '../auth/admin-access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { bodyReader } from '../http/body.ts';
import { Limit } from '../http/common-schemas.ts';
import { cursorOf, idOfCursor, SaleCursor } from '../http/cursor.ts';
import { expectedVersion } from '../http/if-match.ts';
import type { Operation } from '../http/operation.ts';
import { sendProblem, sendRendered } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import type { OnFault } from '../http/reading.ts';
import { serialiser } from '../http/serialise.ts';
import { JSON_TYPE } from '../orders/json.ts';
import { NewProductSchema, ProductChangesSchema, ProductPageSchema, ProductSchema } from './product-schema.ts';

export interface ProductRoutesDeps {
  readonly products: Pick<Products, 'create' | 'find' | 'list' | 'change' | 'remove'>;
  readonly auth: Authenticator;
  readonly onFault: OnFault;
}

// Ids of products and of sales are written alike, and so are their cursors.
const ListQuery = Type.Object({ cursor: Type.Optional(SaleCursor), limit: Limit }, { additionalProperties: false });

const readListQuery = queryReader(ListQuery);
const readNew = bodyReader(NewProductSchema);
const readChanges = bodyReader(ProductChangesSchema);
const writeProduct = serialiser(ProductSchema);
const writePage = serialiser(ProductPageSchema);
const productIdPattern = new RegExp(PRODUCT_ID_PATTERN);

const COLLECTION = '/v1/admin/products';
const ONE = `${COLLECTION}/:productId`;

const BODY_PROBLEMS = ['unsupported_media_type', 'invalid'] as const;

const theProduct = (description: string) => ({ description, schema: ProductSchema, headers: { ETag } });

/** Undefined for an id that can't exist. */
function idIn({ params: [id = ''] }: HttpRequest): string | undefined {
  return productIdPattern.test(id) ? id : undefined;
}

export function productRoutes({ products, auth, onFault }: ProductRoutesDeps): readonly Operation[] {
  const admin = forAdmins(auth, onFault);
  return [
    {
      method: 'POST',
      pattern: COLLECTION,
      doc: adminDoc({
        id: 'createProduct',
        summary: 'Add a product',
        body: NewProductSchema,
        responses: {
          201: {
            ...theProduct('The product.'),
            headers: { ETag, Location: Type.String({ description: 'Where the product is.' }) },
          },
        },
        problems: BODY_PROBLEMS,
      }),
      handle: admin(async (request, reply) => {
        const body = readNew(request);
        if (!body.ok) return sendRendered(reply, body.answer);
        const product = await products.create({ description: '', ...body.value });
        const location = ['location', `${COLLECTION}/${product.id}`] as const;
        sendVersioned(reply, 201, product.version, writeProduct(product), [location]);
      }),
    },
    {
      method: 'GET',
      pattern: COLLECTION,
      doc: adminDoc({
        id: 'listProducts',
        summary: 'List products',
        description: 'In the order of their ids.',
        query: ListQuery,
        responses: { 200: { description: 'A page of products.', schema: ProductPageSchema } },
        problems: ['invalid'],
      }),
      handle: admin(async (request, reply) => {
        const query = readListQuery(request.query);
        if (!query.ok) return sendProblem(reply, 'invalid', request.requestId, { errors: [...query.errors] });
        const { cursor, limit } = query.value;
        const { items, next } = await products.list({
          limit,
          ...(cursor === undefined ? {} : { after: idOfCursor(cursor) }),
        });
        const page = { items: [...items], ...(next === undefined ? {} : { nextCursor: cursorOf(next) }) };
        reply.send(200, JSON_TYPE, writePage(page), UNCACHED);
      }),
    },
    {
      method: 'GET',
      pattern: ONE,
      doc: adminDoc({
        id: 'getProduct',
        summary: 'Get a product',
        path: [ProductId],
        responses: { 200: theProduct('The product.') },
        problems: ['not_found'],
      }),
      handle: admin(async (request, reply) => {
        const id = idIn(request);
        const product = id === undefined ? undefined : await products.find(id);
        if (product === undefined) return sendProblem(reply, 'not_found', request.requestId);
        sendVersioned(reply, 200, product.version, writeProduct(product));
      }),
    },
    {
      method: 'PATCH',
      pattern: ONE,
      doc: adminDoc({
        id: 'changeProduct',
        summary: 'Change a product',
        description: 'What is named is changed. Sales that were made of it keep the texts that they have.',
        path: [ProductId],
        headers: { 'If-Match': IfMatch },
        body: ProductChangesSchema,
        responses: { 200: theProduct('The product as it is now.') },
        problems: ['not_found', 'stale', ...BODY_PROBLEMS],
      }),
      handle: admin(async (request, reply) => {
        const { requestId, ifMatch } = request;
        const id = idIn(request);
        if (id === undefined) return sendProblem(reply, 'not_found', requestId);
        const body = readChanges(request);
        if (!body.ok) return sendRendered(reply, body.answer);
        const outcome = await products.change(id, body.value, expectedVersion(ifMatch));
        if (outcome.kind === 'unknown') return sendProblem(reply, 'not_found', requestId);
        if (outcome.kind === 'stale') return sendProblem(reply, 'stale', requestId);
        sendVersioned(reply, 200, outcome.product.version, writeProduct(outcome.product));
      }),
    },
    {
      method: 'DELETE',
      pattern: ONE,
      doc: adminDoc({
        id: 'removeProduct',
        summary: 'Remove a product',
        description: 'Only one that no sale sells, drafts included.',
        path: [ProductId],
        responses: { 204: { description: 'It is gone.' } },
        problems: ['not_found', 'in_use'],
      }),
      handle: admin(async (request, reply) => {
        const id = idIn(request);
        const removed = id === undefined ? 'unknown' : await products.remove(id);
        if (removed === 'removed') return reply.send(204, '', '');
        sendProblem(reply, removed === 'inUse' ? 'in_use' : 'not_found', request.requestId);
      }),
    },
  ];
}
