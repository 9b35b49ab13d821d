import type { RetryTimers } from './retry-until-known.ts';
import type { ShopState } from './state.ts';
import type { Store } from './store.ts';

/** A connection takes a few round trips; one that takes longer may be held by a proxy that never answers. */
const CONNECT_WITHIN_MS = 2_000;

/** Resolves when the live connection is open or its first attempt has failed, or after two seconds. */
export async function untilConnected(
  store: Pick<Store<Pick<ShopState, 'live'>>, 'value' | 'subscribe'>,
  { wait }: Pick<RetryTimers, 'wait'>,
): Promise<void> {
  if (store.value.live !== 'connecting') return;
  let end = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    end = store.subscribe(() => {
      if (store.value.live !== 'connecting') resolve();
    });
  });
  await Promise.race([settled, wait(CONNECT_WITHIN_MS)]);
  end();
}
