/** The keys of one sale. They share a hash tag, so that a Redis Cluster keeps them on one node. */
export type SaleKey = BuiltKey | 'sound' | 'incarnation' | 'attempts' | 'next:gone' | `next:${BuiltKey}`;

/** What a recovery makes anew: first under names with `next:`, which then take the place of those without. */
export type BuiltKey = 'meta' | 'queue' | 'buyers' | 'ledger' | 'keys' | 'pending' | 'held';

export const BUILT_KEYS = [
  'meta',
  'queue',
  'buyers',
  'ledger',
  'keys',
  'pending',
  'held',
] as const satisfies readonly BuiltKey[];

/** Braces would move the hash tag. */
const UNFIT = /[{}]/;

/** Errors: RangeError for a prefix or a sale id with braces. */
export function keysOf(prefix: string, saleId: string, names: readonly SaleKey[]): string[] {
  if (UNFIT.test(prefix) || UNFIT.test(saleId)) throw new RangeError(`no braces in a key: ${prefix} ${saleId}`);
  return names.map((name) => `${prefix}{${saleId}}:${name}`);
}

/** Names the incarnation of Redis (its run_id) whose state is known to be sound; see prepare.ts. */
export function soundKey(prefix: string): string {
  return `${prefix}sound`;
}
