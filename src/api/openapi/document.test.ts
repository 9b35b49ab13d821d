import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { RoutesDeps } from '../routes.ts';
import { createRoutes } from '../routes.ts';
import { openApiDocument } from './document.ts';

interface Header {
  readonly schema: object;
}
interface Response {
  readonly headers: Readonly<Record<string, Header>>;
  readonly content?: Readonly<
    Record<string, { readonly schema: object; readonly examples?: Record<string, { value: unknown }> }>
  >;
}
interface OperationObject {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, Response>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly examples?: readonly unknown[] }>> };
}

// No handler is called: only the descriptions of the routes are read.
const routes = createRoutes({} as RoutesDeps);
const document = JSON.parse(JSON.stringify(openApiDocument(routes))) as Document;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);
const ajv = new Ajv2020({ strict: true, formats: { 'date-time': true, uri: true }, allowUnionTypes: true });
ajv.addVocabulary(['components']);
ajv.addSchema({ $id: 'https://openapi.test/', components: document.components });

function compile(schema: object) {
  return ajv.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"https://openapi.test/#/components/')) as object,
  );
}

function expectExamplesToMatch({ headers, content = {} }: Response): void {
  for (const { schema } of Object.values(headers)) compile(schema);
  for (const { schema, examples = {} } of Object.values(content)) {
    const matches = compile(schema);
    for (const { value } of Object.values(examples)) expect(matches(value), JSON.stringify(value)).toBe(true);
  }
}

describe('the OpenAPI document', () => {
  it('has exactly one operation for each route', () => {
    const documented = operations.map(
      ({ path, method }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    expect(documented.sort()).toEqual(routes.map(({ method, pattern }) => `${method} ${pattern}`).sort());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  it('has valid schemas throughout, which the examples match', () => {
    for (const { operation } of operations) {
      for (const { schema } of operation.parameters) compile(schema);
      for (const response of Object.values(operation.responses)) expectExamplesToMatch(response);
    }
    for (const [name, { examples = [] }] of Object.entries(document.components.schemas)) {
      const matches = compile({ $ref: `#/components/schemas/${name}` });
      for (const example of examples) expect(matches(example), name).toBe(true);
    }
  });

  it('lists every path parameter as required', () => {
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
  });

  it('documents the request id of each answer, Retry-After of each 503 and WWW-Authenticate of each 401', () => {
    for (const { operation } of operations) {
      for (const { headers } of Object.values(operation.responses)) expect(headers).toHaveProperty('x-request-id');
      expect(operation.responses['503']?.headers).toHaveProperty('Retry-After');
      const needsToken = operation.security?.length === 1;
      expect(Object.hasOwn(operation.responses, '401')).toBe(needsToken);
      if (needsToken) expect(operation.responses['401']?.headers).toHaveProperty('WWW-Authenticate');
    }
  });

  it('names the 401 of the metrics where they need a token', () => {
    const statusesOf = (deps: Partial<RoutesDeps>) => {
      const { paths } = openApiDocument(createRoutes(deps as RoutesDeps)) as unknown as Document;
      return Object.keys(paths['/metrics']?.get?.responses ?? {});
    };
    expect(statusesOf({ metricsToken: 'a-token-of-a-scraper' })).toContain('401');
    expect(statusesOf({})).not.toContain('401');
  });

  it('describes the parameters and answers of a purchase', () => {
    const purchase = document.paths['/v1/sales/{saleId}/purchases']?.post;
    expect(purchase?.security).toEqual([{ bearer: [] }]);
    expect(purchase?.parameters.map(({ name, required }) => [name, required])).toEqual([
      ['saleId', true],
      ['Idempotency-Key', false],
    ]);
    expect(Object.keys(purchase?.responses ?? {})).toEqual([
      '201',
      '400',
      '401',
      '404',
      '409',
      '411',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(Object.keys(purchase?.responses['201']?.headers ?? {})).toEqual([
      'x-request-id',
      'Location',
      'Idempotent-Replayed',
    ]);
  });
});
