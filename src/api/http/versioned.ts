import { Type } from '@sinclair/typebox';
import type { HeaderPairs, HttpReply } from '../../ports/http.ts';
import { JSON_TYPE, NO_STORE } from './json.ts';

export const IfMatch = Type.String({
  description:
    'The `ETag` of the version that you read: the answer is 412 if it has changed since. Without this header the change is made unconditionally.',
  examples: ['"3"'],
});

export const ETag = Type.String({ description: 'The version, for `If-Match`.', examples: ['"3"'] });

const VERSION = /^(?:"(\d{1,9})"|(\d{1,9}))$/;

/** Stands for a tag that no version has, so that it never matches. */
const NO_VERSION = -1;

/**
 * The version that an If-Match header names (`"3"`, as in the ETag, or a bare `3`); undefined for an absent header and for
 * `*`, which matches any version. By RFC 9110 a weak tag never matches.
 */
export function expectedVersion(ifMatch: string): number | undefined {
  const tag = ifMatch.trim();
  if (tag === '' || tag === '*') return undefined;
  const [, quoted, bare] = VERSION.exec(tag) ?? [];
  return Number(quoted ?? bare ?? NO_VERSION);
}

/** Sends a versioned resource, with its version as ETag. */
export function sendVersioned(
  reply: HttpReply,
  status: 200 | 201,
  version: number,
  body: string,
  headers: HeaderPairs = [],
): void {
  reply.send(status, JSON_TYPE, body, [...NO_STORE, ['etag', `"${version}"`], ...headers]);
}
