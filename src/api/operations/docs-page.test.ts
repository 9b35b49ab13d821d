import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { docsPage } from './docs-page.ts';

const { html, headers } = docsPage();
const policy = Object.fromEntries(headers)['content-security-policy'] ?? '';

function inner(tag: string): string {
  return html.split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? '';
}

describe('the page at /docs', () => {
  it('allows its own script and style and nothing else', () => {
    for (const tag of ['script', 'style']) {
      expect(policy).toContain(`${tag}-src 'sha256-${createHash('sha256').update(inner(tag)).digest('base64')}'`);
      expect(html.match(new RegExp(`<${tag}[ >]`, 'g'))).toHaveLength(1);
    }
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it('refers to no other host and has no inline handlers or styles', () => {
    expect(html).not.toMatch(/https?:\/\/|\son\w+=|\sstyle=/);
  });

  it('has a script that is well-formed', () => {
    expect(() => new Script(inner('script'))).not.toThrow();
  });
});
