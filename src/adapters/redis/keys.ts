/** The keys of one sale. They share a hash tag, so that a Redis Cluster keeps them on one node. */
export type SaleKey = BuiltKey | 'sound' | 'incarnation' | 'attempts' | 'next:rejected' | `next:${BuiltKey}`;

/** The keys that a recovery rebuilds: first under names with `next:`, which then replace those without. */
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

/** All keys of a sale. */
export const SALE_KEYS: readonly SaleKey[] = [
  ...BUILT_KEYS,
  ...BUILT_KEYS.map((key) => `next:${key}` as const),
  'next:rejected',
  'attempts',
  'incarnation',
  'sound',
];

/** Braces would change the hash tag. */
const FORBIDDEN = /[{}]/;

/** Errors: RangeError for a prefix or a sale id with braces. */
export function keysOf(prefix: string, saleId: string, names: readonly SaleKey[]): string[] {
  if (FORBIDDEN.test(prefix) || FORBIDDEN.test(saleId)) throw new RangeError(`no braces in a key: ${prefix} ${saleId}`);
  return names.map((name) => `${prefix}{${saleId}}:${name}`);
}

/** Its value is the incarnation of Redis (the run_id) whose state is known to be sound; see prepare.ts. */
export function soundKey(prefix: string): string {
  return `${prefix}sound`;
}
