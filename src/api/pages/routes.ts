import { createHash } from 'node:crypto';
import type { HeaderPairs, HttpRoute } from '../../ports/http.ts';

/** A file of the page, as it is served. */
export interface PageFile {
  /** `/` or `/assets/index-1a2b3c.js` */
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Whether its name changes with its content, so that nobody needs to ask for it twice. */
  readonly immutable: boolean;
}

/**
 * The page's own files and nothing else; images of products may come from anywhere that is encrypted. `'self'` covers
 * the WebSocket on this origin as well (CSP level 3).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A token may stand in the page's fragment; no other origin shall hear anything of its address. */
const REFERRER: readonly [string, string] = ['referrer-policy', 'no-referrer'];

const YEAR_SECONDS = 31_536_000;

/** Routes of the page, one for each of its files. They are no part of the contract. */
export function pageRoutes(files: readonly PageFile[]): readonly HttpRoute[] {
  return files.map((file) => {
    const headers = headersOf(file);
    return {
      method: 'GET',
      pattern: file.path,
      handle: (_request, reply) => reply.send(200, file.contentType, file.body, headers),
    };
  });
}

function headersOf({ body, immutable }: PageFile): HeaderPairs {
  if (immutable) return [['cache-control', `public, max-age=${YEAR_SECONDS}, immutable`]];
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  return [['cache-control', 'no-cache'], ['etag', etag], ['content-security-policy', POLICY], REFERRER];
}
