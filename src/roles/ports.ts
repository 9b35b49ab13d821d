import type { Fault } from '../domain/errors.ts';
import type { AtomicSale } from '../ports/atomic-sale.ts';
import type { AuditSources } from '../ports/audit-source.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Jobs } from '../ports/jobs.ts';
import type { Leases } from '../ports/leases.ts';
import type { LiveState } from '../ports/live-state.ts';
import type { NodeMarks } from '../ports/node-marks.ts';
import type { OrderLog } from '../ports/order-log.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { QueueRecovery } from '../ports/queue-recovery.ts';
import type { SettingsStore } from '../ports/settings-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import type { TokenRevocations } from '../ports/token-revocations.ts';

/** Everything outside this process that the roles use. */
export interface Ports {
  readonly queue: TicketQueue;
  /** Present if the queue can lose acknowledged changes. */
  readonly recovery?: QueueRecovery;
  readonly log: OrderLog;
  /** Present if queue and log are one database. */
  readonly atomicSale?: AtomicSale;
  readonly store: OrderStore;
  readonly catalogue: Catalogue;
  readonly live: LiveState;
  /** The contents of queue, log and order store, for the audit. */
  readonly auditSources: AuditSources;
  readonly leases: Leases;
  readonly nodeMarks: NodeMarks;
  readonly jobs: Jobs;
  readonly events: EventBus;
  readonly settingsStore: SettingsStore;
  readonly tokenRevocations: TokenRevocations;
  readonly clock: Clock;
  /** Present if this process has data in files of its own; returns why they can't be used any more. */
  readonly lost?: () => Fault | undefined;
}
