import { Type } from '@sinclair/typebox';
import type { HeaderPairs, HttpReply, HttpRequest } from '../../ports/http.ts';
import { namesTag, tagsOf } from './entity-tags.ts';
import { JSON_TYPE, NO_STORE } from './json.ts';

export const IfMatch = Type.String({
  description:
    'The `ETag` of the version that you read, or a list of them: the answer is 412 if it has changed since. Without this ' +
    'header the change is made unconditionally.',
  examples: ['"3"'],
});

export const ETag = Type.String({ description: 'The version, for `If-Match` and `If-None-Match`.', examples: ['"3"'] });

const VERSION = /^(?:"(\d{1,9})"|(\d{1,9}))$/;

/**
 * The versions that an If-Match header names: a list of `"3"`, as in the ETag, or of a bare `3`. Undefined for an absent
 * header and for `*`, which matches any version. By RFC 9110 a weak tag never matches, nor does one that is no version.
 */
export function expectedVersions(ifMatch: string): readonly number[] | undefined {
  const tags = ifMatch.trim();
  if (tags === '' || tags === '*') return undefined;
  return tagsOf(tags).flatMap((tag) => {
    const [, quoted, bare] = VERSION.exec(tag) ?? [];
    const version = quoted ?? bare;
    return version === undefined ? [] : [Number(version)];
  });
}

/** Answers a GET with a versioned resource, or with 304 when the client has this version. */
export function sendIfChanged(
  { ifNoneMatch }: HttpRequest,
  reply: HttpReply,
  version: number,
  write: () => string,
): void {
  const etag = `"${version}"`;
  if (namesTag(ifNoneMatch, etag)) reply.send(304, '', '', [...NO_STORE, ['etag', etag]]);
  else sendVersioned(reply, 200, version, write());
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
