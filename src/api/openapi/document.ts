import type { TObject, TSchema } from '@sinclair/typebox';
import type { Operation } from '../http/operation.ts';
import { componentSchemas, describe, type Json, schemaObject } from './components.ts';
import { responsesOf } from './responses.ts';

/** The version of the API; its first number is the one in the paths. */
const API_VERSION = '1.0.0';

const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'HS256 with the claims `sub`, `exp` and optionally `role`: buyer (the default) or admin.',
  },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Floodgate-Signature',
    description: "The payment provider's signature of the body.",
  },
};

const SECURITY = {
  required: [{ bearer: [] }],
  optional: [{}, { bearer: [] }],
  signature: [{ signature: [] }],
} as const satisfies Record<NonNullable<Operation['doc']['auth']>, unknown>;

/** The API as OpenAPI 3.1, made from the same schemas that validate requests and serialise replies. */
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
      version: API_VERSION,
      description: 'Sells a limited number of tickets to a stampede: nothing twice, no accepted order lost.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [{ name: 'sales' }, { name: 'orders' }, { name: 'admin' }, { name: 'operations' }],
    paths,
    components: { schemas: componentSchemas(), securitySchemes: SECURITY_SCHEMES },
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
    ...(body === undefined ? {} : { requestBody: requestBodyOf(body) }),
    responses: responsesOf(doc),
  };
}

function requestBodyOf(body: TObject): Json {
  const { required = [], minProperties = 0, examples } = body;
  return {
    required: required.length > 0 || minProperties > 0,
    content: { 'application/json': { schema: schemaObject(body), example: examples?.[0] ?? {} } },
  };
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
