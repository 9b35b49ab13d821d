import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SaleKey } from './keys.ts';

export interface Script {
  readonly source: string;
  /** What EVALSHA calls it by. */
  readonly sha: string;
  /** KEYS, in their order; the last one is the fence's. */
  readonly keys: readonly SaleKey[];
}

const read = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');

function script(name: string, keys: readonly SaleKey[]): Script {
  const source = read('fence') + read(name);
  return { source, sha: createHash('sha1').update(source).digest('hex'), keys: [...keys, 'sound'] };
}

/** What the ticket queue calls, each behind the fence. The header of each file says what goes in and what comes out. */
export const SCRIPTS = {
  load: script('load', ['meta', 'queue']),
  reserve: script('reserve', ['meta', 'queue', 'buyers', 'ledger', 'keys', 'pending', 'held']),
  published: script('published', ['pending', 'meta']),
  claimStranded: script('claim-stranded', ['pending', 'ledger']),
  release: script('release', ['queue', 'buyers', 'ledger', 'pending', 'held', 'meta']),
  close: script('close', ['meta']),
  stock: script('stock', ['meta', 'queue']),
  find: script('find', ['ledger']),
  audit: script('audit', ['meta', 'queue', 'buyers', 'ledger', 'pending']),
} as const satisfies Readonly<Record<string, Script>>;

export type ScriptName = keyof typeof SCRIPTS;
