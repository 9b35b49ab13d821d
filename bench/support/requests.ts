import { issueToken } from '../../src/api/auth/issue-token.ts';
import { SECRET } from './installation.ts';
import type { WireRequest } from './load.ts';

/** Enough that each holds only a few tickets, as real buyers do, and that each of 10,000 connections has its own. */
export const BUYERS = 20_000;

const TOKEN_SECONDS = 86_400;

export function tokenOf(userId: string): string {
  return issueToken({ secret: SECRET, userId, role: 'buyer', ttlSeconds: TOKEN_SECONDS });
}

export function adminTokenOf(userId: string): string {
  return issueToken({ secret: SECRET, userId, role: 'admin', ttlSeconds: TOKEN_SECONDS });
}

/** The nth buyer's token. */
export type TokenOf = (n: number) => string;

/** Keeps the tokens: signing 20,000 takes a second, and every round uses the same. */
export function createTokens(): TokenOf {
  const tokens: string[] = [];
  return (n) => {
    tokens[n] ??= tokenOf(`buyer-${n}`);
    return tokens[n];
  };
}

export interface PurchaseRequests {
  readonly tokens: TokenOf;
  /** Whether each buyer sends an Idempotency-Key, the same in every call. @default false */
  readonly keyed?: boolean;
  /** @default BUYERS */
  readonly buyers?: number;
  /** Tickets of each purchase. @default 1 */
  readonly quantity?: number;
}

/** One purchase of each buyer. */
export const purchasesOf = (saleId: string, options: PurchaseRequests): WireRequest[] =>
  purchasesOfEach([saleId], options);

/** One purchase of each buyer, of the sales in turn, so that all of them sell at the same time. */
export function purchasesOfEach(
  saleIds: readonly string[],
  { tokens, keyed = false, buyers = BUYERS, quantity = 1 }: PurchaseRequests,
): WireRequest[] {
  return Array.from({ length: buyers }, (_, n) => ({
    method: 'POST',
    path: `/v1/sales/${saleIds[n % saleIds.length]}/purchases`,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokens(n)}`,
      ...(keyed ? { 'idempotency-key': `key-${n}` } : {}),
    },
    body: quantity === 1 ? '{}' : JSON.stringify({ quantity }),
  }));
}

/** The bytes of the request, as HTTP/1.1. */
export function wireOf({ method, path, headers, body = '' }: WireRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nhost: bench\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const IN_FLIGHT = 64;

/** Sends each request once. Errors: Error when one of them gets another status than `expected`. */
export async function sendEach(port: number, requests: readonly WireRequest[], expected: number): Promise<void> {
  const statuses = new Map<number, number>();
  const left = [...requests];
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { method, path, headers, body } = next;
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      await answer.arrayBuffer();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  if (statuses.get(expected) === requests.length) return;
  const counts = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
  throw new Error(`expected ${requests.length} answers ${expected}, got ${counts}`);
}
