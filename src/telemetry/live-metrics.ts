import { Counter, Gauge, type Registry } from 'prom-client';

const FRAME_TYPES = ['auth', 'subscribe', 'unsubscribe', 'purchase', 'ping', 'bad', 'too_many'] as const;

/** What a client's frame was; `bad` when it could not be read, `too_many` when it was refused unread. */
export type LiveFrameType = (typeof FRAME_TYPES)[number];

export interface LiveLoad {
  /** Sockets that are open. */
  readonly connections: number;
  /** Sales that somebody looks at. */
  readonly sales: number;
}

export interface LiveMetrics {
  readonly liveFrame: (type: LiveFrameType) => void;
  /** A socket was closed because it flooded. */
  readonly liveFlood: () => void;
  /** Frames of orders that went to buyers. */
  readonly liveOrders: (told: number) => void;
  /** A frame of stock was published, to all who look at the sale. */
  readonly livePublished: () => void;
  /** Shows the load, asked for whenever the metrics are. */
  readonly sampleLiveLoad: (load: () => LiveLoad) => void;
}

export function createLiveMetrics(register: Registry): LiveMetrics {
  const registers = [register];
  const frames = new Counter({
    name: 'floodgate_live_frames_total',
    help: 'Frames of clients by type; bad: unreadable, too_many: over the limit.',
    labelNames: ['type'],
    registers,
  });
  const floods = new Counter({
    name: 'floodgate_live_floods_total',
    help: 'Sockets that were closed because they sent far too many frames.',
    registers,
  });
  const orders = new Counter({
    name: 'floodgate_live_orders_total',
    help: "Frames of orders that were sent to their buyers' sockets.",
    registers,
  });
  const published = new Counter({
    name: 'floodgate_live_published_total',
    help: 'Frames of stock that were published, each to all sockets that look at the sale.',
    registers,
  });
  let load = (): LiveLoad => ({ connections: 0, sales: 0 });
  new Gauge({
    name: 'floodgate_live_connections',
    help: 'Sockets that are open.',
    registers,
    collect() {
      this.set(load().connections);
    },
  });
  new Gauge({
    name: 'floodgate_live_sales',
    help: 'Sales that sockets of this process look at.',
    registers,
    collect() {
      this.set(load().sales);
    },
  });

  const counters = Object.fromEntries(FRAME_TYPES.map((type) => [type, frames.labels(type)])) as Record<
    LiveFrameType,
    Counter.Internal
  >;
  // A counter that appears with its first frame has no rate until the second.
  for (const counter of Object.values(counters)) counter.inc(0);

  return {
    liveFrame: (type) => counters[type].inc(),
    liveFlood: () => floods.inc(),
    liveOrders: (told) => orders.inc(told),
    livePublished: () => published.inc(),
    sampleLiveLoad: (read) => {
      load = read;
    },
  };
}
