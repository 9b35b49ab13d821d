import { Type } from '@sinclair/typebox';
import { isProductId } from '../../domain/ids.ts';
import type { Products } from '../../services/products.ts';
import { type AdminDeps, adminDoc, handleForAdmin } from '../admin/operation.ts';
import { BODY_PROBLEMS, bodyReader } from '../http/body.ts';
import { ProductId } from '../http/common-schemas.ts';
import { IfNoneMatch, NOT_MODIFIED } from '../http/entity-tags.ts';
import { JSON_TYPE, NO_STORE, serialiser } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { idOfCursor, Limit, ProductCursor, pageOf } from '../http/page.ts';
import { sendInvalid, sendProblem, sendRendered } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import { ETag, expectedVersions, IfMatch, sendIfChanged, sendVersioned } from '../http/versioned.ts';
import { NewProductSchema, ProductChangesSchema, ProductPageSchema, ProductSchema } from './schema.ts';

export interface ProductRoutesDeps extends AdminDeps {
  readonly products: Pick<Products, 'create' | 'find' | 'list' | 'change' | 'remove'>;
}

const ALL = '/v1/admin/products';
const ONE = `${ALL}/:productId`;

const ListQuery = Type.Object({ cursor: Type.Optional(ProductCursor), limit: Limit }, { additionalProperties: false });

const readListQuery = queryReader(ListQuery);
const readNew = bodyReader(NewProductSchema);
const readChanges = bodyReader(ProductChangesSchema);
const writeProduct = serialiser(ProductSchema);
const writePage = serialiser(ProductPageSchema);

const productResponse = (description: string) => ({ description, schema: ProductSchema, headers: { ETag } });

export function productRoutes(deps: ProductRoutesDeps): readonly Operation[] {
  return [createProduct(deps), listProducts(deps), getProduct(deps), changeProduct(deps), removeProduct(deps)];
}

function createProduct(deps: ProductRoutesDeps): Operation {
  return {
    method: 'POST',
    pattern: ALL,
    doc: adminDoc({
      id: 'createProduct',
      summary: 'Create a product',
      body: NewProductSchema,
      responses: {
        201: {
          ...productResponse('The product.'),
          headers: { ETag, Location: Type.String({ description: 'The URL of the product.' }) },
        },
      },
      problems: BODY_PROBLEMS,
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const body = readNew(request);
      if (!body.ok) return sendRendered(reply, body.answer);
      const product = await deps.products.create({ description: '', ...body.value });
      sendVersioned(reply, 201, product.version, writeProduct(product), [['location', `${ALL}/${product.id}`]]);
    }),
  };
}

function listProducts(deps: ProductRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: ALL,
    doc: adminDoc({
      id: 'listProducts',
      summary: 'List products',
      description: 'Ordered by id.',
      query: ListQuery,
      responses: { 200: { description: 'A page of products.', schema: ProductPageSchema } },
      problems: ['invalid'],
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const query = readListQuery(request.query);
      if (!query.ok) return sendInvalid(reply, request.requestId, query.errors);
      const { cursor, limit } = query.value;
      const after = cursor === undefined ? {} : { after: idOfCursor(cursor) };
      const { items, next } = await deps.products.list({ limit, ...after });
      reply.send(200, JSON_TYPE, writePage(pageOf(items, next)), NO_STORE);
    }),
  };
}

function getProduct(deps: ProductRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: ONE,
    doc: adminDoc({
      id: 'getProduct',
      summary: 'Get a product',
      path: [ProductId],
      headers: { 'If-None-Match': IfNoneMatch },
      responses: { 200: productResponse('The product.'), ...NOT_MODIFIED },
      problems: ['not_found'],
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const [id = ''] = request.params;
      const product = isProductId(id) ? await deps.products.find(id) : undefined;
      if (product === undefined) return sendProblem(reply, 'not_found', request.requestId);
      sendIfChanged(request, reply, product.version, () => writeProduct(product));
    }),
  };
}

function changeProduct(deps: ProductRoutesDeps): Operation {
  return {
    method: 'PATCH',
    pattern: ONE,
    doc: adminDoc({
      id: 'changeProduct',
      summary: 'Change a product',
      description: 'Changes the fields that the body contains. Sales that were created from it keep their own texts.',
      path: [ProductId],
      headers: { 'If-Match': IfMatch },
      body: ProductChangesSchema,
      responses: { 200: productResponse('The changed product.') },
      problems: ['not_found', 'stale', ...BODY_PROBLEMS],
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const { params, requestId, ifMatch } = request;
      const [id = ''] = params;
      if (!isProductId(id)) return sendProblem(reply, 'not_found', requestId);
      const body = readChanges(request);
      if (!body.ok) return sendRendered(reply, body.answer);
      const outcome = await deps.products.change(id, body.value, expectedVersions(ifMatch));
      if (outcome.kind === 'unknown') return sendProblem(reply, 'not_found', requestId);
      if (outcome.kind === 'stale') return sendProblem(reply, 'stale', requestId);
      sendVersioned(reply, 200, outcome.product.version, writeProduct(outcome.product));
    }),
  };
}

function removeProduct(deps: ProductRoutesDeps): Operation {
  return {
    method: 'DELETE',
    pattern: ONE,
    doc: adminDoc({
      id: 'removeProduct',
      summary: 'Delete a product',
      description: 'Only possible while no sale uses it, drafts included.',
      path: [ProductId],
      responses: { 204: { description: 'The product was deleted.' } },
      problems: ['not_found', 'in_use'],
    }),
    handle: handleForAdmin(deps, async ({ params: [id = ''], requestId }, reply) => {
      const removed = isProductId(id) ? await deps.products.remove(id) : 'unknown';
      if (removed === 'removed') return reply.send(204, '', '');
      sendProblem(reply, removed === 'inUse' ? 'in_use' : 'not_found', requestId);
    }),
  };
}
