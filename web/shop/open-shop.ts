import { createLiveClient, type WebSocketClass } from '../../src/client/index.ts';
import { createApi } from './api.ts';
import { createSession, isSameOrigin, tokenOfFragment } from './session.ts';
import { Shop } from './shop.ts';

/** How often the list of sales is read, so that new sales appear without a reload. */
const READ_SALES_EVERY_MS = 60_000;

/** The same while the live connection, which reports each change, is not open. */
const POLL_SALES_EVERY_MS = 10_000;

/** After a failure to read the list. */
const RETRY_SALES_MS = 3_000;

const CHECK_OVERDUE_EVERY_MS = 2_000;

/** The shop of this page's own server, connected and running. */
export function openShop(): Shop {
  const session = createSession(sessionStorage);
  const url = new URL('/v1/live', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

  const takeToken = (): string | undefined => {
    const token = tokenOfFragment(location.hash);
    // Removed from the address, so that it is not shared along with it.
    if (token !== undefined) history.replaceState(null, '', location.pathname + location.search);
    return token;
  };
  const first = takeToken();
  const trusted = isSameOrigin(document.referrer, location.origin);
  if (first !== undefined && trusted) session.keepToken(first);

  const shop = new Shop({
    api: createApi(),
    session,
    connect: (token, events) =>
      createLiveClient({ url: url.href, WebSocket: webSocket(), ...(token === undefined ? {} : { token }), ...events }),
    timers: {
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      monotonic: () => performance.now(),
      random: Math.random,
    },
    announce: (text) => {
      const region = document.getElementById('spoken');
      if (region !== null) region.textContent = text;
    },
  });

  const keepReading = async (): Promise<void> => {
    await shop.readSales();
    const { salesUnavailable, polled } = shop.store.value;
    const everyMs = polled !== false ? POLL_SALES_EVERY_MS : READ_SALES_EVERY_MS;
    setTimeout(keepReading, (salesUnavailable ? RETRY_SALES_MS : everyMs) * (0.5 + Math.random()));
  };
  void keepReading();
  setInterval(() => shop.refreshOverdueOrders(), CHECK_OVERDUE_EVERY_MS);
  addEventListener('online', () => shop.wake());
  addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') shop.wake();
  });
  addEventListener('hashchange', () => {
    const token = takeToken();
    // Confirmed in any case: another page that has opened this one can change its fragment.
    if (token !== undefined) shop.offerSignIn(token);
  });
  if (first !== undefined && !trusted) shop.offerSignIn(first);
  return shop;
}

/** The browser's WebSocket. Where it was removed, by a policy or an extension, each attempt fails and HTTP is used. */
function webSocket(): WebSocketClass {
  return (
    (globalThis as { readonly WebSocket?: WebSocketClass }).WebSocket ??
    (class {
      constructor() {
        throw new TypeError('this browser has no WebSocket');
      }
    } as unknown as WebSocketClass)
  );
}
