import { describe, expect, it } from 'vitest';
import { signInByHttp } from './sign-in-by-http.ts';
import { emptyState, type ShopState } from './state.ts';
import { Store } from './store.ts';

const TOKEN = `x.${btoa('{"sub":"u1"}').replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.y`;

/** Signs in with these answers of HTTP (none for undefined); waiting takes no time. */
async function run(live: ShopState['live'], answers: readonly (number | undefined)[], during?: (n: number) => void) {
  const store = new Store<ShopState>({ ...emptyState, live, user: { kind: 'checking' } });
  const seen: unknown[] = [];
  let asked = 0;
  await signInByHttp(TOKEN, {
    store,
    api: {
      orders: async () => {
        const status = answers[asked];
        asked += 1;
        during?.(asked);
        if (status === undefined) throw new TypeError('Failed to fetch');
        return status === 200
          ? { ok: true, status, body: { items: [] } }
          : { ok: false, status, body: { status, code: 'x', title: '', detail: '' } };
      },
    },
    timers: {
      wait: async () => {},
      random: () => 0,
    },
    current: () => asked < 9,
    onUser: (user) => {
      seen.push(user);
      store.update(() => ({ user }));
    },
    onOrders: () => seen.push('orders'),
    onRefused: () => {
      seen.push('refused');
      store.update(() => ({ user: { kind: 'out' } }));
    },
  });
  return { seen, asked, store };
}

describe('signing in by HTTP', () => {
  it.each(['waiting', 'connecting', 'open'] as const)(
    'happens when the live connection is %s and gives no answer',
    async (live) => {
      const { seen } = await run(live, [200]);
      expect(seen).toEqual([{ kind: 'in', userId: 'u1' }, 'orders']);
    },
  );

  it('says that the server can’t be reached, and goes on until it is', async () => {
    const { seen } = await run('waiting', [undefined, 503, 200]);
    const trying = { kind: 'checking', note: expect.stringContaining('can’t be reached') };
    expect(seen).toEqual([trying, trying, { kind: 'in', userId: 'u1' }, 'orders']);
  });

  it('ends when the token is refused', async () => {
    expect((await run('waiting', [401])).seen).toEqual(['refused']);
  });

  it('does nothing when the live connection has answered meanwhile', async () => {
    const store = new Store<ShopState>({ ...emptyState, live: 'open', user: { kind: 'checking' } });
    await signInByHttp(TOKEN, {
      store,
      api: { orders: () => Promise.reject(new Error('unexpected')) },
      timers: { wait: async () => store.update(() => ({ user: { kind: 'in', userId: 'u1' } })), random: () => 0 },
      current: () => true,
      onUser: () => expect.unreachable(),
      onOrders: () => expect.unreachable(),
      onRefused: () => expect.unreachable(),
    });
  });
});
