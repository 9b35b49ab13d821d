import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SaleKey } from './keys.ts';
import { BUILT_KEYS } from './keys.ts';

export interface Script {
  readonly source: string;
  /** SHA-1 of the source, by which EVALSHA calls it. */
  readonly sha: string;
  /** KEYS, in their order; the last one is the fence's. */
  readonly keys: readonly SaleKey[];
}

/** Scripts that read or write what buyers hold, besides those of a recovery: lua/chunks.lua and lua/holdings.lua begin them. */
const WITH_HOLDINGS: ReadonlySet<string> = new Set(['reserve', 'release', 'buyers-page']);

const read = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');

/** @param prelude the script whose text begins this one's; it handles the last key and the run_id */
function script(name: string, keys: readonly SaleKey[], prelude = 'fence'): Script {
  const shared = prelude === 'recovery' || WITH_HOLDINGS.has(name) ? read('chunks') + read('holdings') : '';
  const source = shared + read(prelude) + read(name);
  return { source, sha: createHash('sha1').update(source).digest('hex'), keys: [...keys, 'sound'] };
}

/** The same script for several sales in one call; its keys are those of each sale. */
function scriptForEach(name: string, keys: readonly SaleKey[]): Script {
  const shared = WITH_HOLDINGS.has(name) ? read('chunks') + read('holdings') : '';
  // Its KEYS and ARGV are those of one sale.
  const one = `local function one(KEYS, ARGV)\n${read('fence')}${read(name)}\nend\n`;
  const source = shared + one + read('each');
  return { source, sha: createHash('sha1').update(source).digest('hex'), keys: [...keys, 'sound'] };
}

const RESERVED: readonly SaleKey[] = ['meta', 'queue', 'buyers', 'ledger', 'keys', 'pending', 'held'];
const COUNTED: readonly SaleKey[] = [...RESERVED, 'attempts'];
const PUBLISHED: readonly SaleKey[] = ['pending', 'meta'];

/** The calls of the ticket queue, each behind the fence. The header of each file documents its input and output. */
export const SCRIPTS = {
  incarnation: script('incarnation', ['incarnation']),
  load: script('load', ['meta', 'queue', 'incarnation']),
  reserve: script('reserve', RESERVED),
  reserveCounting: script('reserve', COUNTED),
  published: script('published', PUBLISHED),
  claimStranded: script('claim-stranded', ['pending', 'ledger']),
  release: script('release', ['queue', 'buyers', 'ledger', 'pending', 'held', 'meta']),
  update: script('update', ['meta', 'queue']),
  close: script('close', ['meta']),
  stock: script('stock', ['meta', 'queue']),
  find: script('find', ['ledger']),
  snapshot: script('snapshot', ['meta', 'queue', 'ledger', 'pending']),
  ledgerPage: script('ledger-page', ['ledger', 'pending']),
  queuePage: script('queue-page', ['queue']),
  buyersPage: script('buyers-page', ['buyers']),
} as const satisfies Readonly<Record<string, Script>>;

/** The calls that several sales of one Redis may share; see lua/each.lua. */
export const SHARED_SCRIPTS = {
  reserve: scriptForEach('reserve', RESERVED),
  reserveCounting: scriptForEach('reserve', COUNTED),
  published: scriptForEach('published', PUBLISHED),
} as const satisfies Readonly<Record<string, Script>>;

export type SharedScriptName = keyof typeof SHARED_SCRIPTS;

/** All scripts that have to be loaded. */
export const LOADED_SCRIPTS: readonly Script[] = [...Object.values(SCRIPTS), ...Object.values(SHARED_SCRIPTS)];

export type ScriptName = keyof typeof SCRIPTS;

const REBUILT: readonly SaleKey[] = [
  ...BUILT_KEYS,
  ...BUILT_KEYS.map((key) => `next:${key}` as const),
  'next:rejected',
];

/**
 * The calls of a recovery, which run while the fence is closed. They are sent as text (EVAL), since a Redis that has lost
 * its state may have lost its scripts as well, and loading them would lift the fence.
 */
export const RECOVERY_SCRIPTS = {
  state: script('state', REBUILT, 'recovery'),
  begin: script('rebuild-begin', REBUILT, 'recovery'),
  orders: script('rebuild-orders', REBUILT, 'recovery'),
  survivors: script('rebuild-survivors', REBUILT, 'recovery'),
  queue: script('rebuild-queue', REBUILT, 'recovery'),
  end: script('rebuild-end', REBUILT, 'recovery'),
} as const satisfies Readonly<Record<string, Script>>;

export type RecoveryScriptName = keyof typeof RECOVERY_SCRIPTS;
