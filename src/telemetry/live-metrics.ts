import { Counter, Gauge, type Registry } from 'prom-client';

const FRAME_TYPES = ['auth', 'subscribe', 'unsubscribe', 'purchase', 'ping', 'bad', 'too_many'] as const;

const REFUSED_BY = ['process', 'address'] as const;

/** Type of a client's frame; `bad` if it could not be parsed, `too_many` if it was refused unread. */
export type LiveFrameType = (typeof FRAME_TYPES)[number];

export interface LiveLoad {
  /** Open sockets. */
  readonly connections: number;
  /** Sales with at least one viewer. */
  readonly sales: number;
}

export interface LiveMetrics {
  readonly liveFrame: (type: LiveFrameType) => void;
  /** A socket was closed because it exceeded the frame limit by far. */
  readonly liveFlood: () => void;
  /** Order frames that were sent to buyers. */
  readonly liveOrders: (sent: number) => void;
  /** A stock frame was published to all viewers of the sale. */
  readonly livePublished: () => void;
  /** An upgrade was refused, because the process or the client's address has too many sockets. */
  readonly liveRefused: (by: (typeof REFUSED_BY)[number]) => void;
  /** Registers the load, read on each scrape. */
  readonly sampleLiveLoad: (load: () => LiveLoad) => void;
}

export function createLiveMetrics(register: Registry): LiveMetrics {
  const registers = [register];
  const frames = new Counter({
    name: 'floodgate_live_frames_total',
    help: 'Client frames by type; bad: unreadable, too_many: over the limit.',
    labelNames: ['type'],
    registers,
  });
  const floods = new Counter({
    name: 'floodgate_live_floods_total',
    help: 'Sockets closed because they sent far too many frames.',
    registers,
  });
  const orders = new Counter({
    name: 'floodgate_live_orders_total',
    help: "Order frames sent to their buyers' sockets.",
    registers,
  });
  const published = new Counter({
    name: 'floodgate_live_published_total',
    help: 'Stock frames published, each to all sockets that watch the sale.',
    registers,
  });
  const refused = new Counter({
    name: 'floodgate_live_refused_total',
    help: 'Upgrades refused because of too many sockets: of the process, or of the address.',
    labelNames: ['by'],
    registers,
  });
  for (const by of REFUSED_BY) refused.labels(by).inc(0);
  let load = (): LiveLoad => ({ connections: 0, sales: 0 });
  new Gauge({
    name: 'floodgate_live_connections',
    help: 'Open sockets.',
    registers,
    collect() {
      this.set(load().connections);
    },
  });
  new Gauge({
    name: 'floodgate_live_sales',
    help: 'Sales watched by sockets of this process.',
    registers,
    collect() {
      this.set(load().sales);
    },
  });

  const counters = Object.fromEntries(FRAME_TYPES.map((type) => [type, frames.labels(type)])) as Record<
    LiveFrameType,
    Counter.Internal
  >;
  // A counter that first appears with a frame has no rate until the second.
  for (const counter of Object.values(counters)) counter.inc(0);

  return {
    liveFrame: (type) => counters[type].inc(),
    liveFlood: () => floods.inc(),
    liveOrders: (sent) => orders.inc(sent),
    livePublished: () => published.inc(),
    liveRefused: (by) => refused.labels(by).inc(),
    sampleLiveLoad: (read) => {
      load = read;
    },
  };
}
