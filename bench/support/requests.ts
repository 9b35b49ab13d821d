import { issueToken } from '../../src/api/auth/issue-token.ts';
import type { WireRequest } from './load.ts';
import { SECRET } from './secret.ts';

/** Enough that one holds a few tickets only, as buyers do, and that each of 10,000 connections has some of its own. */
export const BUYERS = 20_000;

const TOKEN_SECONDS = 86_400;

export function tokenOf(userId: string): string {
  return issueToken({ secret: SECRET, userId, role: 'buyer', ttlSeconds: TOKEN_SECONDS });
}

/** Signing 20,000 tokens takes a second, and every round wants the same. */
export type TokenOf = (n: number) => string;

export function createTokens(): TokenOf {
  const tokens: string[] = [];
  return (n) => {
    tokens[n] ??= tokenOf(`buyer-${n}`);
    return tokens[n];
  };
}

export interface PurchaseRequests {
  readonly tokens: TokenOf;
  /** Each its own key, the same at each call. @default without */
  readonly keyed?: boolean;
  /** @default BUYERS */
  readonly buyers?: number;
}

/** One purchase of each buyer. */
export function purchasesOf(
  saleId: string,
  { tokens, keyed = false, buyers = BUYERS }: PurchaseRequests,
): WireRequest[] {
  return Array.from({ length: buyers }, (_, n) => ({
    method: 'POST',
    path: `/v1/sales/${saleId}/purchases`,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokens(n)}`,
      ...(keyed ? { 'idempotency-key': `key-${n}` } : {}),
    },
    body: '{}',
  }));
}

/** As it goes over the wire. */
export function wireOf({ method, path, headers, body = '' }: WireRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nhost: bench\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
