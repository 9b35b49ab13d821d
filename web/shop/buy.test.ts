import { describe, expect, it } from 'vitest';
import { type OrderJson, PurchaseUnanswered } from '../../src/client/index.ts';
import { NOT_SENT, NOTHING_SENT_YET, RETRYING, STILL_UNKNOWN } from '../text/problem-text.ts';
import { NotSent } from './api.ts';
import { buy } from './buy.ts';
import { createSession } from './session.ts';
import { emptyState, type ShopState } from './state.ts';
import { Store } from './store.ts';

const ORDER = {
  ...{ id: 'o1', saleId: 's1', productId: 'p1', userId: 'u1', tickets: [7], quantity: 1, state: 'reserved' },
  total: { amount: 1, currency: 'EUR' },
  price: { amount: 1, currency: 'EUR' },
  reservedAt: '2030-01-01T00:00:00.000Z',
  payBy: '2030-01-01T00:15:00.000Z',
} satisfies OrderJson;

const BOUGHT = { ok: true, status: 201, body: ORDER } as const;
const SOLD = { status: 201, body: ORDER, idempotencyKey: 'k' } as const;

type Live = ShopState['live'];

interface Script {
  readonly state: Live;
  /** What the live connection does with each attempt; it must not be called without one. */
  readonly live?: readonly (() => unknown)[];
  /** What HTTP does with each attempt. */
  readonly http?: readonly (() => unknown)[];
  readonly earlierKey?: string;
}

/** Buys with scripted answers; pauses take no time. Returns the notes in order, and the keys with their way. */
async function run({ state, live = [], http = [], earlierKey }: Script) {
  const store = new Store<ShopState>({ ...emptyState, live: state });
  const storage = new Map<string, string>();
  const session = createSession({
    getItem: (name) => storage.get(name) ?? null,
    setItem: (name, value) => void storage.set(name, value),
    removeItem: (name) => void storage.delete(name),
  });
  session.keepToken('t1');
  if (earlierKey !== undefined) session.keepAttempt('s1', { key: earlierKey, quantity: 3 });
  const notes: (string | undefined)[] = [];
  const sent: string[] = [];
  const keys = new Set<string>();
  let clock = 0;
  const next = async (way: string, key: string, script: readonly (() => unknown)[]): Promise<never> => {
    const step = script[Math.min(sent.filter((one) => one === way).length, script.length - 1)];
    sent.push(way);
    keys.add(key);
    if (step === undefined) throw new Error(`not expected by ${way}`);
    return step() as never;
  };
  await buy('s1', 1, {
    store,
    session,
    now: () => undefined,
    live: {
      state,
      purchase: (_saleId, options) => next('live', `${options?.quantity} ${options?.idempotencyKey}`, live),
    },
    api: {
      purchase: async (token, _saleId, { key, quantity }) => {
        expect(token).toBe('t1');
        return next('http', `${quantity} ${key}`, http);
      },
    },
    orders: { note: (_id, note) => void notes.push(note?.text), update: () => undefined },
    timers: {
      wait: async (ms) => {
        clock += ms;
      },
      monotonic: () => clock,
      random: () => 0,
    },
  });
  const kept = session.attempt('s1');
  return { notes, sent, keys: [...keys], kept: kept && `${kept.quantity} ${kept.key}` };
}

const fail = (error: Error) => () => {
  throw error;
};
const unsent = fail(new PurchaseUnanswered('s1', 'k', false, 'no connection'));
const unanswered = fail(new PurchaseUnanswered('s1', 'k', true, 'no answer'));
const offline = fail(new NotSent('offline'));
const lost = fail(new TypeError('Failed to fetch'));

describe('buying', () => {
  it.each(['waiting', 'connecting'] as const)('goes by HTTP while the live connection is %s', async (state) => {
    const { notes, sent, kept } = await run({ state, http: [() => BOUGHT] });
    expect(sent).toEqual(['http']);
    expect(notes).toEqual(['Requesting a ticket…', 'Ticket 7 is yours. Pay within 15 minutes.']);
    expect(kept).toBeUndefined();
  });

  it('goes over the live connection while it is open, and by HTTP at once with the same key when it was not sent', async () => {
    expect((await run({ state: 'open', live: [() => SOLD] })).sent).toEqual(['live']);
    const { sent, keys, notes } = await run({ state: 'open', live: [unsent], http: [() => BOUGHT] });
    expect(sent).toEqual(['live', 'http']);
    expect(keys).toHaveLength(1);
    expect(notes).not.toContain(RETRYING);
  });

  it('is never called unknown when nothing was sent', async () => {
    const { notes, sent } = await run({ state: 'waiting', http: [offline] });
    expect(sent.length).toBeGreaterThan(5);
    expect(new Set(notes)).toEqual(new Set(['Requesting a ticket…', NOTHING_SENT_YET, NOT_SENT]));
    expect(notes.at(-1)).toBe(NOT_SENT);
  });

  it.each([
    ['the live connection did not answer', { state: 'open', live: [unanswered], http: [] }],
    ['the connection broke', { state: 'waiting', http: [lost] }],
    ['it was answered that the outcome is unknown', { state: 'waiting', http: [() => ({ ok: false, status: 503 })] }],
    ['a proxy answered', { state: 'waiting', http: [() => ({ ok: false, status: 502 }), offline] }],
    ['an attempt before it may have been', { state: 'waiting', http: [offline], earlierKey: 'before' }],
  ] satisfies readonly [string, Script][])('is unknown when %s', async (_why, script) => {
    const { notes, kept, keys } = await run(script);
    expect(notes.at(-1)).toBe(STILL_UNKNOWN);
    expect(notes).toContain(RETRYING);
    expect(keys).toEqual([kept]);
  });

  it('is not repeated by HTTP for a user who has signed out', async () => {
    const { sent } = await run({ state: 'closed', live: [unsent] });
    expect(new Set(sent)).toEqual(new Set(['live']));
  });

  it('asks nothing of anybody without a token', async () => {
    const store = new Store<ShopState>(emptyState);
    const session = createSession({ getItem: () => null, setItem: () => {}, removeItem: () => {} });
    const unexpected = () => Promise.reject(new Error('unexpected'));
    await buy('s1', 2, {
      ...{ store, session, now: () => undefined },
      live: { state: 'open', purchase: unexpected },
      api: { purchase: unexpected },
      orders: { note: () => expect.unreachable(), update: () => undefined },
      timers: { wait: async () => {}, monotonic: () => 0, random: () => 0 },
    });
  });
});
