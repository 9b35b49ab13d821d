import type { TObject, TSchema } from '@sinclair/typebox';
import { ProductPageSchema, ProductSchema } from '../catalogue/product-schema.ts';
import { OrderPageSchema, OrderSchema } from '../orders/schema.ts';
import { ReportSchema } from '../sales/admin-schema.ts';
import { SalePageSchema, SaleSchema } from '../sales/schema.ts';
import { SettingsHistorySchema, SettingsSchema } from '../settings/schema.ts';
import { MoneySchema } from './common-schemas.ts';
import type { Operation, ResponseDoc } from './operation.ts';
import { HealthSchema, ReadinessSchema, TimeSchema } from './operation-schemas.ts';
import { PROBLEM_TYPE, typeOf } from './problem.ts';
import { ProblemSchema } from './problem-schema.ts';
import { kindOf, type ProblemCode } from './problems.ts';

type Json = Readonly<Record<string, unknown>>;

/** The contract's own version: its first number is the one in the paths. */
const CONTRACT_VERSION = '1.0.0';

const COMPONENTS = {
  Money: MoneySchema,
  Order: OrderSchema,
  OrderPage: OrderPageSchema,
  Sale: SaleSchema,
  SalePage: SalePageSchema,
  Product: ProductSchema,
  ProductPage: ProductPageSchema,
  Report: ReportSchema,
  Settings: SettingsSchema,
  SettingsHistory: SettingsHistorySchema,
  Problem: ProblemSchema,
  Health: HealthSchema,
  Readiness: ReadinessSchema,
  Time: TimeSchema,
} as const satisfies Record<string, TSchema>;

/** Problems that any request may meet, whatever the operation: the front's own, and a handler that broke or hung. */
const ANYWHERE = ['malformed', 'length_required', 'too_large', 'internal', 'unavailable'] as const;

const REQUEST_ID = {
  description: 'The `x-request-id` of the request if it was sane, else a new one.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,128}$' },
};

const RETRY_AFTER = { description: 'Seconds to wait before the retry.', schema: { type: 'integer', minimum: 1 } };
/** Of draft-ietf-httpapi-ratelimit-headers-06. */
const RATE_LIMIT = {
  'RateLimit-Limit': {
    description: 'Requests that are let through: a second, or attempts to buy in one sale a minute.',
    schema: { type: 'integer' },
  },
  'RateLimit-Remaining': { description: 'How many of them are left now.', schema: { type: 'integer' } },
  'RateLimit-Reset': { description: 'Seconds until there are as many again.', schema: { type: 'integer' } },
};
const CHALLENGE = { description: 'The scheme to use.', schema: { type: 'string' } };

const SECURITY = {
  required: [{ bearer: [] }],
  optional: [{}, { bearer: [] }],
  signature: [{ signature: [] }],
} as const satisfies Record<NonNullable<Operation['doc']['auth']>, unknown>;

/** The contract as OpenAPI 3.1, made from the same schemas that check requests and write replies. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.pattern.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Floodgate',
      version: CONTRACT_VERSION,
      description: 'Sells N scarce things to a stampede: nothing twice, no accepted order lost.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [{ name: 'sales' }, { name: 'orders' }, { name: 'admin' }, { name: 'operations' }],
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(COMPONENTS).map(([name, schema]) => [name, schemaObject(schema, name)]),
      ),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'HS256; claims `sub`, `exp`, and `role`: buyer (the default) or admin.',
        },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Floodgate-Signature',
          description: "The payment provider's signature of the body.",
        },
      },
    },
  };
}

function operationObject({ pattern, doc }: Operation): Json {
  const { id, tag, summary, description, auth, body } = doc;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(auth === undefined ? {} : { security: SECURITY[auth] }),
    parameters: parametersOf(pattern, doc),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: needsContent(body),
            content: { 'application/json': { schema: schemaObject(body), example: body.examples?.[0] ?? {} } },
          },
        }),
    responses: responsesOf(doc),
  };
}

function needsContent({ required = [], minProperties = 0 }: TObject): boolean {
  return required.length > 0 || minProperties > 0;
}

function parametersOf(pattern: string, { path = [], query, headers = {} }: Operation['doc']): readonly Json[] {
  const names = [...pattern.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
  const optional = (name: string) =>
    !(query?.required ?? []).includes(name) || query?.properties[name]?.default !== undefined;
  return [
    ...path.map((schema, n) => parameter('path', names[n] as string, schema, true)),
    ...Object.entries(query?.properties ?? {}).map(([name, schema]) =>
      parameter('query', name, schema, !optional(name)),
    ),
    ...Object.entries(headers).map(([name, schema]) => parameter('header', name, schema, false)),
  ];
}

function parameter(where: 'path' | 'query' | 'header', name: string, schema: TSchema, required: boolean): Json {
  return { name, in: where, required, ...describe(schema), schema: schemaObject(schema) };
}

function responsesOf({ responses, problems, auth }: Operation['doc']): Json {
  const codes: readonly ProblemCode[] = [
    ...ANYWHERE,
    ...problems,
    ...(auth === 'required' || auth === 'signature' ? ['unauthenticated' as const] : []),
  ];
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = kindOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const all: Record<string, Json> = {};
  for (const [status, response] of Object.entries(responses)) all[status] = responseObject(response);
  for (const [status, those] of byStatus) all[status] = mergeResponses(all[status], problemResponse(status, those));
  return all;
}

function responseObject({ description, schema, contentType = 'application/json', headers = {} }: ResponseDoc): Json {
  return {
    description,
    headers: {
      'x-request-id': REQUEST_ID,
      ...Object.fromEntries(
        Object.entries(headers).map(([name, header]) => [name, { ...describe(header), schema: schemaObject(header) }]),
      ),
    },
    ...(schema === undefined ? {} : { content: { [contentType]: { schema: schemaObject(schema) } } }),
  };
}

function problemResponse(status: number, codes: readonly ProblemCode[]): Json {
  const examples = codes.map((code) => {
    const { title, detail } = kindOf(code);
    return [code, { value: { type: typeOf(code), title, status, detail, code, instance: 'req-1' } }] as const;
  });
  return {
    description: codes.map((code) => `\`${code}\`: ${kindOf(code).detail}`).join('\n\n'),
    headers: {
      'x-request-id': REQUEST_ID,
      ...(codes.some((code) => kindOf(code).retryAfterSeconds !== undefined) ? { 'Retry-After': RETRY_AFTER } : {}),
      ...(codes.includes('rate_limited') ? RATE_LIMIT : {}),
      ...(status === kindOf('unauthenticated').status ? { 'WWW-Authenticate': CHALLENGE } : {}),
    },
    content: { [PROBLEM_TYPE]: { schema: ref('Problem'), examples: Object.fromEntries(examples) } },
  };
}

/** `/readyz` has a 503 of its own besides the problem. */
function mergeResponses(own: Json | undefined, problem: Json): Json {
  if (own === undefined) return problem;
  return {
    description: `${own.description}\n\n${problem.description}`,
    headers: { ...(own.headers as Json), ...(problem.headers as Json) },
    content: { ...(own.content as Json), ...(problem.content as Json) },
  };
}

function describe({ description }: TSchema): Json {
  return description === undefined ? {} : { description };
}

/** Plain JSON Schema: a component inside of another schema becomes a reference to it. */
function schemaObject(schema: TSchema, self?: string): unknown {
  const names = new Map<unknown, string>(Object.entries(COMPONENTS).map(([name, component]) => [component, name]));
  const text = JSON.stringify(schema, (_key, value: unknown) => {
    const name = names.get(value);
    return name === undefined || name === self ? value : ref(name);
  });
  return JSON.parse(text);
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
