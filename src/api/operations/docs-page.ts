import { createHash } from 'node:crypto';
import type { HeaderPairs } from '../../ports/http.ts';
import { DOCS_SCRIPT } from './docs-script.ts';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; color: #1b1f24; background: #fff; }
h1 { margin-bottom: 0; } h2 { margin: 2rem 0 .5rem; text-transform: capitalize; }
details { border: 1px solid #cdd3da; border-radius: 6px; margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } summary b { display: inline-block; min-width: 4rem; }
label { display: block; margin: .5rem 0; } input, textarea { box-sizing: border-box; width: 100%; font: 13px monospace; padding: .3rem; }
button { font: inherit; padding: .2rem 1rem; } pre { overflow: auto; background: #f3f5f7; padding: .6rem; border-radius: 6px; }
@media (prefers-color-scheme: dark) { body { color: #e6e9ed; background: #14171a; } pre { background: #20252a; } }
`;

const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Floodgate API</title>
<style>${STYLE}</style>
<h1>Floodgate API</h1>
<p>Every operation of the API, to read about and try out. Also available as <a href="/openapi.json">an OpenAPI document</a>.</p>
<label>Bearer token <input id="token" autocomplete="off" spellcheck="false"></label>
<main id="operations"><noscript>This page needs JavaScript. The API is also described in /openapi.json.</noscript></main>
<script>${DOCS_SCRIPT}</script>
</html>
`;

/** The page at /docs. It loads nothing from other origins, and its content security policy forbids everything it does not need. */
export function docsPage(): { readonly html: string; readonly headers: HeaderPairs } {
  const policy = [
    "default-src 'none'",
    `script-src '${hash(DOCS_SCRIPT)}'`,
    `style-src '${hash(STYLE)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { html: HTML, headers: [['content-security-policy', policy.join('; ')]] };
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
