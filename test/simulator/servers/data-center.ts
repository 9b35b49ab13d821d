import type { Order } from '../../../src/domain/order.ts';
import type { QueueAuditSource } from '../../../src/ports/audit-source.ts';
import type { Catalogue } from '../../../src/ports/catalogue.ts';
import type { Jobs } from '../../../src/ports/jobs.ts';
import type { Leases } from '../../../src/ports/leases.ts';
import type { LiveState } from '../../../src/ports/live-state.ts';
import type { NodeMarks } from '../../../src/ports/node-marks.ts';
import type { OrderStore } from '../../../src/ports/order-store.ts';
import type { SettingsStore } from '../../../src/ports/settings-store.ts';
import type { TicketQueue } from '../../../src/ports/ticket-queue.ts';
import { MemoryCatalogue } from '../../support/fakes/memory-catalogue.ts';
import { MemoryJobs } from '../../support/fakes/memory-jobs.ts';
import { MemoryLeases } from '../../support/fakes/memory-leases.ts';
import { MemoryNodeMarks } from '../../support/fakes/memory-node-marks.ts';
import { MemorySettingsStore } from '../../support/fakes/memory-settings-store.ts';
import { MemoryTokenRevocations } from '../../support/fakes/memory-token-revocations.ts';
import type { Bugs } from '../bugs.ts';
import { createServer, type Network, remote } from '../core/network.ts';
import { type Process, START_MS } from '../core/process.ts';
import type { World } from '../core/world.ts';
import type { SimulatedPorts } from '../roles/role.ts';
import { SimulatedEventBus } from './event-bus.ts';
import { SimulatedLiveState } from './live-state.ts';
import { logOf } from './log-client.ts';
import { Broker } from './order-log.ts';
import { SimulatedOrderStore } from './order-store.ts';
import { PaymentProvider } from './payment-provider.ts';
import { recoveryOf } from './queue-recovery.ts';
import { SimulatedTicketQueue } from './ticket-queue.ts';

export interface DataCenterOptions {
  readonly partitions: number;
  readonly bugs: Bugs;
  /** Whether the queue may be reset to an earlier state. */
  readonly rewinds: boolean;
  readonly onRemove: (saleId: string) => void;
  readonly onOrder: (before: Order | undefined, after: Order) => void;
  readonly post: (signature: string, body: Uint8Array) => Promise<void>;
}

/** Time limits of their clients, milliseconds: shorter than in production, in the same proportions. */
const TIMEOUTS_MS = { queue: 1500, log: 2500, database: 2500, live: 2500, provider: 2000 } as const;

/** The servers that all processes share: queue, log, database, live state and payment provider. */
export class DataCenter {
  readonly servers = {
    queue: createServer('queue', TIMEOUTS_MS.queue),
    log: createServer('log', TIMEOUTS_MS.log),
    /** Orders, catalogue, leases, settings, jobs and marks of node numbers. */
    database: createServer('database', TIMEOUTS_MS.database),
    live: createServer('live', TIMEOUTS_MS.live),
    provider: createServer('provider', TIMEOUTS_MS.provider),
  };
  readonly queue: SimulatedTicketQueue;
  readonly broker: Broker;
  readonly store: SimulatedOrderStore;
  readonly catalogue = new MemoryCatalogue();
  readonly leases: MemoryLeases;
  readonly nodeMarks = new MemoryNodeMarks();
  readonly jobs = new MemoryJobs();
  readonly live: SimulatedLiveState;
  readonly provider: PaymentProvider;
  /** Fronts follow it in production only: the simulator's buyers have no tokens. */
  readonly tokenRevocations = new MemoryTokenRevocations();
  readonly settingsStore = new MemorySettingsStore();
  readonly eventBus: SimulatedEventBus;
  /** When orders became paid in the database, by its clock: `paidAt` is when a front asked for it, which may be long before. */
  readonly paidSince = new Map<string, number>();

  constructor(
    world: World,
    readonly network: Network,
    { partitions, bugs, rewinds, onRemove, onOrder, post }: DataCenterOptions,
  ) {
    const now = () => START_MS + Math.floor(world.now);
    this.queue = new SimulatedTicketQueue(now, { bugs, remembers: rewinds, onRemove });
    this.broker = new Broker(world, partitions);
    this.store = new SimulatedOrderStore({
      bugs,
      onChange: (before, after) => {
        if (after.state === 'paid' && before?.state !== 'paid') this.paidSince.set(after.id, now());
        onOrder(before, after);
      },
    });
    this.leases = new MemoryLeases(now);
    this.live = new SimulatedLiveState(bugs);
    this.eventBus = new SimulatedEventBus(world);
    this.provider = new PaymentProvider(world, bugs, post);
  }

  /** The ports of one process, each behind the network. */
  portsOf(process: Process): SimulatedPorts {
    const { network, servers } = this;
    return {
      queue: remote<TicketQueue>(network, process, servers.queue, this.queue),
      auditSources: {
        queue: remote<Pick<QueueAuditSource, 'snapshot'>>(network, process, servers.queue, {
          snapshot: (saleId) => this.queue.auditSource.snapshot(saleId),
        }),
      },
      recovery: recoveryOf(process, network, servers.queue, this.queue),
      log: logOf(process, network, servers.log, this.broker),
      store: remote<OrderStore>(network, process, servers.database, this.store),
      catalogue: remote<Catalogue>(network, process, servers.database, this.catalogue),
      leases: remote<Leases>(network, process, servers.database, this.leases),
      nodeMarks: remote<NodeMarks>(network, process, servers.database, this.nodeMarks),
      jobs: remote<Jobs>(network, process, servers.database, this.jobs),
      live: remote<LiveState>(network, process, servers.live, this.live),
      payments: this.provider.clientOf(process, network, servers.provider),
      tokenRevocations: this.tokenRevocations,
      settingsStore: remote<SettingsStore>(network, process, servers.database, this.settingsStore),
      events: this.eventBus.busOf(process),
      clock: process.clock,
    };
  }
}
