import type { OrderJson } from '../../src/client/index.ts';
import type { Api } from './api.ts';
import type { RetryTimers } from './retry-until-known.ts';
import type { ShopState, User } from './state.ts';
import type { Store } from './store.ts';
import { subjectOf } from './token-subject.ts';
import { untilConnected } from './until-connected.ts';

export interface SignInByHttpDeps {
  readonly store: Store<ShopState>;
  readonly api: Pick<Api, 'orders'>;
  readonly timers: Pick<RetryTimers, 'wait' | 'random'>;
  /** Whether this sign-in is still the current one. */
  readonly current: () => boolean;
  readonly onUser: (user: User) => void;
  readonly onOrders: (orders: readonly OrderJson[]) => void;
  readonly onRefused: () => void;
}

/** An open connection answers the token within a round trip; after this time it is asked by HTTP as well. */
const LOGIN_WITHIN_MS = 2_000;

/** Half of it to one and a half, at random, so that pages which lost one server do not return together. */
const RETRY_MS = 4_000;

const UNAUTHENTICATED = 401;
const UNREACHABLE = 'The server can’t be reached. Trying again…';

/**
 * Signs in by HTTP where the live connection does not: behind a proxy without WebSocket, for example. Tries until the server
 * has answered, over either of the two.
 */
export async function signInByHttp(token: string, deps: SignInByHttpDeps): Promise<void> {
  const { store, api, timers, current, onUser, onOrders, onRefused } = deps;
  const checking = () => current() && store.value.user.kind === 'checking';
  await untilConnected(store, timers);
  if (store.value.live === 'open') await timers.wait(LOGIN_WITHIN_MS);
  while (checking()) {
    const answer = await api.orders(token).catch(() => undefined);
    if (!checking()) return;
    if (answer?.ok) {
      onUser({ kind: 'in', userId: subjectOf(token) ?? 'you' });
      onOrders(answer.body.items);
    } else if (answer?.status === UNAUTHENTICATED) {
      onRefused();
    } else {
      onUser({ kind: 'checking', note: UNREACHABLE });
      await timers.wait(RETRY_MS * (0.5 + timers.random()));
    }
  }
}
