import { expect, it } from 'vitest';
import { preferredType } from './accept.ts';

const TYPES = ['application/json', 'text/csv', 'application/x-ndjson'] as const;

it.each([
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
  ['text/csv', 'text/csv'],
  ['TEXT/CSV; charset=utf-8', 'text/csv'],
  ['text/*', 'text/csv'],
  ['text/csv, application/json', 'application/json'],
  ['text/csv, application/json;q=0.9', 'text/csv'],
  ['application/json;q=0, */*', 'text/csv'],
  ['application/x-ndjson', 'application/x-ndjson'],
  ['application/json;q=0.1,application/x-ndjson;q=0.5,text/csv;q=0.3', 'application/x-ndjson'],
  ['image/png', 'application/json'],
  [',;,', 'application/json'],
])('Accept %j prefers %s', (accept, type) => {
  expect(preferredType(accept, TYPES)).toBe(type);
});
