import { isFault } from '../../domain/errors.ts';
import type { Evaluate, EvaluateOptions } from './evaluate.ts';
import { faultOf, lacksScripts } from './faults.ts';
import { keysOf } from './keys.ts';
import { SHARED_SCRIPTS, type SharedScriptName } from './scripts.ts';

/** As `Evaluate`, for the scripts that sales may share. `orders`: how many the call is about. */
export type EvaluateShared = (
  name: SharedScriptName,
  saleId: string,
  args: readonly (string | number)[],
  orders: number,
) => Promise<unknown>;

/** Redis runs nothing else while it runs a script: so many sales with a few purchases each take it two or three milliseconds. */
const MAX_SALES = 64;

/** As many as a full batch of one sale: full batches go one by one, so that the first is answered while the next is decided. */
const MAX_ORDERS = 128;

interface Call {
  readonly name: SharedScriptName;
  readonly saleId: string;
  readonly args: readonly (string | number)[];
  readonly orders: number;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Sends calls that are made together in one: with many sales each has one or two purchases, and a call costs as much as several
 * purchases in it, here and in Redis. Each sale is decided on, fenced and answered by itself. If the shared call fails, it is
 * unknown of all of them whether they were made. A call that is alone goes to `alone`.
 *
 * Together are calls of one run of microtasks, such as those of the batches of one turn: waiting for the turn's end would
 * let Redis begin later.
 */
export function shareCalls({ servers, prefix, onScriptsMissing }: EvaluateOptions, alone: Evaluate): EvaluateShared {
  // Keys of several slots can't be in one command.
  if (servers.salesPerCommand === 1) return alone;
  let waiting: Call[] = [];

  const sendTogether = async (calls: readonly Call[]): Promise<void> => {
    const [{ name, saleId }] = calls as readonly [Call];
    const { sha, keys } = SHARED_SCRIPTS[name];
    try {
      const names = calls.flatMap((call) => keysOf(prefix, call.saleId, keys));
      const counts = JSON.stringify(calls.map(({ args }) => args.length));
      const own = [sha, names.length, ...names, counts, ...calls.flatMap(({ args }) => args)];
      const replies = (await servers.call(saleId, 'EVALSHA', (runId) => [...own, runId])) as readonly unknown[];
      calls.forEach(({ resolve, reject }, n) => {
        const reply = replies[n];
        if (reply instanceof Error) reject(faultOf(reply));
        else resolve(reply);
      });
    } catch (error) {
      if (isFault(error) && lacksScripts(error)) onScriptsMissing?.();
      for (const { reject } of calls) reject(error);
    }
  };

  const send = (calls: readonly Call[]): void => {
    const [first] = calls as readonly [Call];
    if (calls.length > 1) void sendTogether(calls);
    else alone(first.name, first.saleId, first.args).then(first.resolve, first.reject);
  };

  const flush = (): void => {
    const calls = waiting;
    waiting = [];
    for (const name of Object.keys(SHARED_SCRIPTS)) groupsOf(calls.filter((call) => call.name === name)).forEach(send);
  };

  return (name, saleId, args, orders) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ name, saleId, args, orders, resolve, reject }) === 1) queueMicrotask(flush);
    });
}

/** In their order; a sale's second call is in a later group than its first. */
function groupsOf(calls: readonly Call[]): readonly (readonly Call[])[] {
  const groups: Call[][] = [];
  let group: Call[] = [];
  let sales = new Set<string>();
  let orders = 0;
  for (const call of calls) {
    const isFull = sales.size >= MAX_SALES || orders + call.orders > MAX_ORDERS;
    if (group.length === 0 || isFull || sales.has(call.saleId)) {
      group = [];
      groups.push(group);
      sales = new Set();
      orders = 0;
    }
    group.push(call);
    sales.add(call.saleId);
    orders += call.orders;
  }
  return groups;
}
