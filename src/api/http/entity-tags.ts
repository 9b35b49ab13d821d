import { Type } from '@sinclair/typebox';
import type { ResponseDoc } from './operation.ts';

/** A quoted tag may contain commas; anything else ends at the next one. */
const TAG = /(?:W\/)?"[^"]*"|[^,\s][^,]*/g;

const WEAK = /^W\//;

export const IfNoneMatch = Type.String({
  description:
    'The `ETag` of what you have, or a list of them: the answer is 304, without a body, while it is unchanged.',
  examples: ['"3"'],
});

export const NOT_MODIFIED = {
  304: { description: 'Unchanged: what `If-None-Match` names is the current version.' },
} as const satisfies Readonly<Record<number, ResponseDoc>>;

/** The tags of a list, as sent. */
export function tagsOf(list: string): readonly string[] {
  return (list.match(TAG) ?? []).map((tag) => tag.trim());
}

/** Whether an If-None-Match header names the tag: weakly compared, as RFC 9110, section 13.1.2 demands. False without one. */
export function namesTag(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === '') return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  const opaque = etag.replace(WEAK, '');
  return tagsOf(ifNoneMatch).some((tag) => tag.replace(WEAK, '') === opaque);
}
