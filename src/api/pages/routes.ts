import { createHash } from 'node:crypto';
import type { HeaderPairs, HttpRoute } from '../../ports/http.ts';
import { namesTag } from '../http/entity-tags.ts';

/** A file of the web page. */
export interface PageFile {
  /** `/` or `/assets/index-1a2b3c.js` */
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Whether its name changes with its content, so that it can be cached indefinitely. */
  readonly immutable: boolean;
}

/**
 * Allows the page's own files only, and product images from any https origin. `'self'` also covers the WebSocket on this
 * origin (CSP level 3).
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

/** The page's fragment may contain a token, so its address must not be sent to other origins. */
const REFERRER: readonly [string, string] = ['referrer-policy', 'no-referrer'];

const YEAR_SECONDS = 31_536_000;

/** One route per file of the page. They are not part of the API reference. */
export function pageRoutes(files: readonly PageFile[]): readonly HttpRoute[] {
  return files.map((file) => {
    const etag = `"${createHash('sha256').update(file.body).digest('base64url')}"`;
    const headers = headersOf(file, etag);
    return {
      method: 'GET',
      pattern: file.path,
      handle: ({ ifNoneMatch }, reply) => {
        if (namesTag(ifNoneMatch, etag)) reply.send(304, '', '', headers);
        else reply.send(200, file.contentType, file.body, headers);
      },
    };
  });
}

function headersOf({ immutable }: PageFile, etag: string): HeaderPairs {
  if (immutable)
    return [
      ['cache-control', `public, max-age=${YEAR_SECONDS}, immutable`],
      ['etag', etag],
    ];
  return [['cache-control', 'no-cache'], ['etag', etag], ['content-security-policy', POLICY], REFERRER];
}
