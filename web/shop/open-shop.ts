import { createLiveClient } from '../../src/client/index.ts';
import { createApi } from './api.ts';
import { createSession, tokenOfFragment } from './session.ts';
import { Shop } from './shop.ts';

/** New sales show up without a reload; a minute is soon enough for what opens later than that. */
const READ_SALES_EVERY_MS = 60_000;

/** Until the list could be read once. */
const READ_SALES_AGAIN_MS = 3_000;

const LOOK_FOR_OVERDUE_EVERY_MS = 2_000;

/** The shop on this page's own server, connected and running. */
export function openShop(): Shop {
  const session = createSession(sessionStorage);
  const url = new URL('/v1/live', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

  const takeToken = (): string | undefined => {
    const token = tokenOfFragment(location.hash);
    // Out of the address at once: it would be shared with it.
    if (token !== undefined) history.replaceState(null, '', location.pathname);
    return token;
  };
  const first = takeToken();
  if (first !== undefined) session.keepToken(first);

  const shop = new Shop({
    api: createApi(),
    session,
    connect: (token, events) =>
      createLiveClient({ url: url.href, ...(token === undefined ? {} : { token }), ...events }),
    patience: {
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      monotonic: () => performance.now(),
      random: Math.random,
    },
    speak: (text) => {
      const region = document.getElementById('spoken');
      if (region !== null) region.textContent = text;
    },
  });

  const keepReading = async (): Promise<void> => {
    await shop.readSales();
    const { salesAway } = shop.store.value;
    setTimeout(keepReading, (salesAway ? READ_SALES_AGAIN_MS : READ_SALES_EVERY_MS) * (0.5 + Math.random()));
  };
  void keepReading();
  setInterval(() => shop.readOverdue(), LOOK_FOR_OVERDUE_EVERY_MS);
  addEventListener('online', () => shop.wake());
  addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') shop.wake();
  });
  addEventListener('hashchange', () => {
    const token = takeToken();
    if (token !== undefined) shop.signIn(token);
  });
  return shop;
}
