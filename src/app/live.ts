import { defer, filter, from, map, merge, type Observable, Subject, Subscription, tap } from 'rxjs';
import type { Authenticator } from '../api/auth/authenticator.ts';
import type { RateLimits } from '../api/http/rate-limit.ts';
import { createLiveApi } from '../api/live/live-api.ts';
import type { LiveFront, LiveFrontOptions } from '../ports/live-socket.ts';
import type { Sales } from '../services/sales.ts';
import { type CountdownInput, countdown } from '../streams/countdown.ts';
import { countdownDefaults } from '../streams/sale-countdown.ts';
import { type ObservedStock, stockEvents } from '../streams/stock-events.ts';
import type { Ports } from './adapters/opened.ts';
import type { Context } from './context.ts';
import type { Purchases } from './purchases.ts';
import { supervise } from './supervise.ts';

export interface LiveParts {
  readonly sales: Pick<Sales, 'known' | 'find' | 'observe'>;
  readonly purchases: Pick<Purchases, 'submit'>;
  /** What this process's own purchases see of the stock. */
  readonly observed$: Observable<ObservedStock>;
  readonly auth: Authenticator;
  readonly limits: RateLimits;
  readonly draining: () => boolean;
}

export interface Live {
  /** What the front is to serve. */
  readonly socket: LiveFrontOptions;
  /** The front that serves it. Before, nothing is published, for nobody can be connected. */
  attach(front: LiveFront): void;
  /** Lets purchases on sockets be answered, then sends everybody away, all within `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

const SOCKET = {
  path: '/v1/live',
  // As a request's body over HTTP.
  maxFrameBytes: 16 * 1024,
  // Two hundred frames of stock: who has not read those sees the next one sooner without them.
  maxBufferedBytes: 64 * 1024,
  // Load balancers cut what is idle for a minute: pinged before that, a dead peer is noticed.
  idleSeconds: 30,
} as const;

/** RFC 6455, section 7.4.1: the server goes away. */
const GOING_AWAY = 1001;
/** Clients that are sent away come back at another front: so many a millisecond it can take. */
const SENT_AWAY_PER_MS = 1;

/**
 * The live sockets of a front: countdowns of the sales that are looked at, events to and from other processes. A sale's
 * events must reach `sales` first, so that it is read anew here.
 */
export function startLive(ports: Ports, context: Context, parts: LiveParts): Live {
  const { log, metrics } = context;
  const { queue, events, clock } = ports;
  const { sales, observed$ } = parts;
  const watch$ = new Subject<CountdownInput>();
  let front: LiveFront | undefined;

  const api = createLiveApi({
    ...parts,
    clock,
    publish: (topic, frame) => front?.publish(topic, frame),
    onWatch: (saleId, watched) => watch$.next({ type: watched ? 'watch' : 'unwatch', saleId }),
    onFault: (err, requestId) => log.warn({ err, requestId }, 'a sale could not be looked up for a live socket'),
    counters: metrics,
  });
  metrics.sampleLiveLoad(() => ({ connections: front?.connections() ?? 0, sales: api.watched().length }));

  const input$ = defer(() =>
    merge(
      // None at first; a stream that starts anew is told what is looked at.
      from(api.watched()).pipe(map((saleId): CountdownInput => ({ type: 'watch', saleId }))),
      watch$,
      observed$.pipe(map(({ saleId, stock }): CountdownInput => ({ type: 'stock', saleId, stock }))),
      events.events$.pipe(filter((item) => item.type === 'stock' || item.type === 'sale')),
    ),
  );
  const frame$ = countdown(
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
    {
      ...countdownDefaults,
      onFault: (err, saleId) => log.warn({ err, saleId }, 'a countdown could not read its sale, trying again'),
    },
  );

  const running = new Subscription();
  running.add(
    frame$
      .pipe(
        tap((frame) => {
          api.stock(frame);
          metrics.livePublished();
        }),
        supervise('countdown', context),
      )
      .subscribe(),
  );
  running.add(
    events.events$
      .pipe(
        tap((item) => {
          if (item.type === 'orders') api.orders(item.orders);
        }),
        supervise('own orders', context),
      )
      .subscribe(),
  );
  running.add(
    stockEvents(observed$)
      .pipe(supervise('stock events', context))
      .subscribe((item) => events.publish(item)),
  );

  const sendAway = async (graceMs: number) => {
    await within(graceMs / 2, api.idle());
    const overMs = Math.min(graceMs / 2, (front?.connections() ?? 0) / SENT_AWAY_PER_MS);
    await front?.closeAll(GOING_AWAY, 'draining', overMs);
  };

  return {
    socket: { ...SOCKET, handlers: api.handlers },
    attach: (served) => {
      front = served;
    },
    stop: async (graceMs) => {
      await within(graceMs, sendAway(graceMs));
      running.unsubscribe();
    },
  };
}

/** Resolves when `work` does, or after `ms`. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
