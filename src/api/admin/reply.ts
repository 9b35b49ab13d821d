import type { HeaderPairs, HttpReply } from '../../ports/http.ts';
import { etagOf } from '../http/if-match.ts';
import { JSON_TYPE } from '../orders/json.ts';

// What an admin works on changes under their hands: no cache on the way may keep it.
export const UNCACHED: HeaderPairs = [['cache-control', 'no-store']];

/** One versioned thing, with its version as ETag. */
export function sendVersioned(
  reply: HttpReply,
  status: 200 | 201,
  version: number,
  body: string,
  headers: HeaderPairs = [],
): void {
  reply.send(status, JSON_TYPE, body, [...UNCACHED, ['etag', etagOf(version)], ...headers]);
}
