import { defer, filter, from, map, merge, type Observable, Subject, Subscription, tap } from 'rxjs';
import type { Authenticator } from '../../api/auth/authenticator.ts';
import { createClientKeys } from '../../api/http/client-address.ts';
import type { RateLimits } from '../../api/http/rate-limit.ts';
import { createLiveApi } from '../../api/live/live-api.ts';
import { SocketLimits } from '../../api/live/socket-limits.ts';
import type { TrustedProxies } from '../../ports/http.ts';
import type { LiveFront, LiveFrontOptions } from '../../ports/live-socket.ts';
import { withTimeLimit } from '../../resilience/time-limit.ts';
import type { Sales } from '../../services/sales.ts';
import { type CountdownInput, countdown } from '../../streams/countdown/countdown.ts';
import { countdownDefaults, type StockFrame } from '../../streams/countdown/sale-countdown.ts';
import type { ObservedStock } from '../../streams/countdown/stock-events.ts';
import type { Ports } from '../ports.ts';
import type { Runtime } from '../runtime.ts';
import { supervise } from '../supervise.ts';
import type { FrontObserver } from './observer.ts';
import type { Purchases } from './purchases.ts';

export interface LiveParts {
  readonly runtime: Runtime;
  readonly sales: Pick<Sales, 'known' | 'find' | 'findPublic' | 'observe'>;
  readonly purchases: Pick<Purchases, 'submit'>;
  /** The stock observed by this process' own purchases. */
  readonly observed$: Observable<ObservedStock>;
  readonly auth: Authenticator;
  readonly limits: RateLimits;
  readonly draining: () => boolean;
  readonly observer: FrontObserver;
  /** @default any number of sockets */
  readonly sockets?: SocketOptions;
}

export interface SocketOptions {
  /** See SocketLimitOptions. */
  readonly perProcess: number;
  readonly perAddress: number;
  readonly trustedProxies: TrustedProxies;
}

export interface Live {
  /** Options for the live front. */
  readonly socket: LiveFrontOptions;
  /** Sets the live front. Until then nothing is published, since nothing can be connected. */
  attach(front: LiveFront): void;
  /** Closes the sockets of this user that have a revoked token. */
  revoked(userId: string): void;
  /** Waits for purchases on sockets to be answered, then closes all sockets, within `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

const SOCKET = {
  path: '/v1/live',
  // The same limit as for a request body over HTTP.
  maxFrameBytes: 16 * 1024,
  // Two hundred stock frames: for a client that far behind, newer frames arrive sooner if these are dropped.
  maxBufferedBytes: 64 * 1024,
  // Load balancers cut connections idle for a minute: pings before that keep them open and detect dead peers.
  idleSeconds: 30,
} as const;

/** RFC 6455, section 7.4.1: the server is going away. */
const GOING_AWAY = 1001;
/** Sockets closed per millisecond: their clients reconnect to another front, which can accept this many. */
const CLOSED_PER_MS = 1;

/**
 * The live sockets of a front: countdowns of the watched sales, and events of other processes for the sockets. A sale's
 * event must reach `sales` first, so that the sale is read again here.
 */
export function startLive(ports: Pick<Ports, 'queue' | 'events' | 'clock'>, parts: LiveParts): Live {
  const { events, clock } = ports;
  const { runtime, observed$, observer, sockets } = parts;
  const { timers } = runtime;
  const watch$ = new Subject<CountdownInput>();
  let front: LiveFront | undefined;

  const api = createLiveApi({
    ...parts,
    clock,
    publish: (topic, frame) => front?.publish(topic, frame),
    onWatch: (saleId, watched) => watch$.next({ type: watched ? 'watch' : 'unwatch', saleId }),
    onFault: observer.live.lookupFailed,
    counters: observer.live,
  });
  observer.live.sampleLiveLoad(() => ({ connections: front?.connections() ?? 0, sales: api.watched().length }));

  const input$ = defer(() =>
    merge(
      // None at first; a resubscribed stream starts with the sales that are being watched.
      from(api.watched()).pipe(map((saleId): CountdownInput => ({ type: 'watch', saleId }))),
      watch$,
      observed$.pipe(map(({ saleId, stock }): CountdownInput => ({ type: 'stock', saleId, stock }))),
      events.events$.pipe(filter((item) => item.type === 'stock' || item.type === 'sale')),
    ),
  );
  const running = new Subscription();
  running.add(
    stockFrames(input$, ports, parts)
      .pipe(
        tap((frame) => {
          api.stock(frame);
          observer.live.livePublished();
        }),
        supervise('countdown', runtime, observer),
      )
      .subscribe(),
  );
  running.add(
    events.events$
      .pipe(
        tap((item) => {
          if (item.type === 'orders') api.orders(item.orders);
        }),
        supervise('own orders', runtime, observer),
      )
      .subscribe(),
  );
  const within = (ms: number, work: Promise<void>) =>
    withTimeLimit(work, { ms, onLate: () => undefined, after: timers.after });

  const closeSockets = async (graceMs: number) => {
    await within(graceMs / 2, api.idle());
    const overMs = Math.min(graceMs / 2, (front?.connections() ?? 0) / CLOSED_PER_MS);
    await front?.closeAll(GOING_AWAY, 'draining', overMs);
  };

  return {
    socket: { ...SOCKET, ...(sockets && { admission: admissionOf(sockets, observer) }), handlers: api.handlers },
    attach: (served) => {
      front = served;
    },
    revoked: api.revoked,
    stop: async (graceMs) => {
      await within(graceMs, closeSockets(graceMs));
      running.unsubscribe();
    },
  };
}

function admissionOf({ trustedProxies, ...limits }: SocketOptions, { live }: FrontObserver): SocketLimits {
  return new SocketLimits({ ...limits, keysOf: createClientKeys(trustedProxies), onRefused: live.liveRefused });
}

/** The frames of the watched sales. */
function stockFrames(
  input$: Observable<CountdownInput>,
  { queue, clock }: Pick<Ports, 'queue' | 'clock'>,
  { runtime, sales, observer }: Pick<LiveParts, 'runtime' | 'sales' | 'observer'>,
): Observable<StockFrame> {
  return countdown(
    input$,
    {
      sale: (saleId) => sales.find(saleId),
      stock: async (saleId) => {
        const stock = await queue.stock(saleId);
        if (stock !== undefined) sales.observe(saleId, stock);
        return stock;
      },
      clock,
    },
    { ...countdownDefaults, scheduler: runtime.timers.scheduler, onFault: observer.live.countdownFailed },
  );
}
