import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SaleKey } from './keys.ts';
import { BUILT_KEYS } from './keys.ts';

export interface Script {
  readonly source: string;
  /** What EVALSHA calls it by. */
  readonly sha: string;
  /** KEYS, in their order; the last one is the fence's. */
  readonly keys: readonly SaleKey[];
}

const read = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');

function script(name: string, keys: readonly SaleKey[], before = 'fence'): Script {
  const source = read(before) + read(name);
  return { source, sha: createHash('sha1').update(source).digest('hex'), keys: [...keys, 'sound'] };
}

const RESERVED: readonly SaleKey[] = ['meta', 'queue', 'buyers', 'ledger', 'keys', 'pending', 'held'];

/** What the ticket queue calls, each behind the fence. The header of each file says what goes in and what comes out. */
export const SCRIPTS = {
  incarnation: script('incarnation', ['incarnation']),
  load: script('load', ['meta', 'queue', 'incarnation']),
  reserve: script('reserve', RESERVED),
  reserveCounting: script('reserve', [...RESERVED, 'attempts']),
  published: script('published', ['pending', 'meta']),
  claimStranded: script('claim-stranded', ['pending', 'ledger']),
  release: script('release', ['queue', 'buyers', 'ledger', 'pending', 'held', 'meta']),
  close: script('close', ['meta']),
  stock: script('stock', ['meta', 'queue']),
  find: script('find', ['ledger']),
  snapshot: script('snapshot', ['meta', 'queue', 'ledger', 'pending']),
  ledgerPage: script('ledger-page', ['ledger', 'pending']),
  queuePage: script('queue-page', ['queue']),
  buyersPage: script('buyers-page', ['buyers']),
} as const satisfies Readonly<Record<string, Script>>;

export type ScriptName = keyof typeof SCRIPTS;

const REBUILT: readonly SaleKey[] = [...BUILT_KEYS, ...BUILT_KEYS.map((key) => `next:${key}` as const), 'next:gone'];

/** What a recovery calls, fence or no fence; by their text, for they are not among those that a sound Redis knows. */
export const RECOVERY_SCRIPTS = {
  state: script('state', REBUILT, 'recovery'),
  begin: script('rebuild-begin', REBUILT, 'recovery'),
  orders: script('rebuild-orders', REBUILT, 'recovery'),
  survivors: script('rebuild-survivors', REBUILT, 'recovery'),
  queue: script('rebuild-queue', REBUILT, 'recovery'),
  end: script('rebuild-end', REBUILT, 'recovery'),
} as const satisfies Readonly<Record<string, Script>>;

export type RecoveryScriptName = keyof typeof RECOVERY_SCRIPTS;
