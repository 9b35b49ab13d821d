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

// Nothing is called: only what the routes say about themselves is read.
const routes = createRoutes({} as RoutesDeps);
const document = JSON.parse(JSON.stringify(openApiDocument(routes))) as Document;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);
const ajv = new Ajv2020({ strict: true, formats: { 'date-time': true, uri: true }, allowUnionTypes: true });
ajv.addVocabulary(['components']);
ajv.addSchema({ $id: 'https://contract.test/', components: document.components });

function compile(schema: object) {
  return ajv.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"https://contract.test/#/components/')) as object,
  );
}

function expectExamplesToFit({ headers, content = {} }: Response): void {
  for (const { schema } of Object.values(headers)) compile(schema);
  for (const { schema, examples = {} } of Object.values(content)) {
    const fits = compile(schema);
    for (const { value } of Object.values(examples)) expect(fits(value), JSON.stringify(value)).toBe(true);
  }
}

describe('the contract', () => {
  it('has an operation for each route and none besides', () => {
    const told = operations.map(
      ({ path, method }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    expect(told.sort()).toEqual(routes.map(({ method, pattern }) => `${method} ${pattern}`).sort());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  it('has a good schema for everything, whose examples fit', () => {
    for (const { operation } of operations) {
      for (const { schema } of operation.parameters) compile(schema);
      for (const response of Object.values(operation.responses)) expectExamplesToFit(response);
    }
    for (const [name, { examples = [] }] of Object.entries(document.components.schemas)) {
      const fits = compile({ $ref: `#/components/schemas/${name}` });
      for (const example of examples) expect(fits(example), name).toBe(true);
    }
  });

  it('names every parameter of a path, each required', () => {
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
  });

  it('says of each answer that it carries a request id, of each 503 when to retry, of each 401 how to ask', () => {
    for (const { operation } of operations) {
      for (const { headers } of Object.values(operation.responses)) expect(headers).toHaveProperty('x-request-id');
      expect(operation.responses['503']?.headers).toHaveProperty('Retry-After');
      const needsToken = operation.security?.length === 1;
      expect(Object.hasOwn(operation.responses, '401')).toBe(needsToken);
      if (needsToken) expect(operation.responses['401']?.headers).toHaveProperty('WWW-Authenticate');
    }
  });

  it('tells what the purchase takes and gives', () => {
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
