import type { Sale } from '../../src/domain/sale.ts';
import type { JobKind } from '../../src/ports/jobs.ts';
import { CALM, type Cut, type NetworkConditions } from './core/network.ts';
import { START_MS } from './core/process.ts';
import type { Random } from './core/random.ts';

/** The scenario of a seed: the processes and buyers, the sales, and the faults until `healAt`. Times are virtual ms. */
export interface Scenario {
  readonly sales: readonly Sale[];
  readonly buyers: number;
  readonly fronts: number;
  readonly workers: number;
  readonly schedulers: number;
  readonly partitions: number;
  readonly conditions: NetworkConditions;
  /** Share of bus events that are lost. */
  readonly lostEvents: number;
  readonly faults: readonly PlannedFault[];
  readonly targetedFaults: readonly TargetedFault[];
  /** Maximum offset of wall clocks, milliseconds. */
  readonly skewMs: number;
  /** When an admin closes the first sale, if one does. */
  readonly closeAt: number | undefined;
  /** Whether an admin archives the first sale, as soon as it is over and settled. */
  readonly archives: boolean;
  /** What an admin does with the first sale, one after the other; `at` is the earliest time of each. */
  readonly steering: readonly Steering[];
  /** Jobs that an admin starts on the orders of the first sale, one after the other. */
  readonly jobs: readonly JobPlan[];
  /** A change of the live settings by an admin, if any, and its time. */
  readonly change: SettingsChangeAt | undefined;
  /** Whether an admin gives back orders that were paid. */
  readonly refunds: boolean;
  readonly healAt: number;
}

export interface JobPlan {
  /** The earliest time. */
  readonly at: number;
  readonly kind: JobKind;
  readonly returnTickets: boolean;
  /** How long after its start it is stopped, if it is, and resumed after that. */
  readonly stopAfterMs: number | undefined;
  readonly resumeAfterMs: number;
}

export type Steering = SteeringAct & { readonly at: number };

export type SteeringAct =
  | { readonly kind: 'pause' | 'resume' }
  | { readonly kind: 'addStock'; readonly quantity: number }
  | { readonly kind: 'extend'; readonly closesAt: number };

export interface SettingsChangeAt {
  readonly at: number;
  /** By full name. */
  readonly values: Readonly<Record<string, number>>;
}

export type PlannedFault = { readonly at: number; readonly forMs: number } & (
  | { readonly kind: 'kill' | 'stop'; readonly role: RoleName; readonly which: number }
  | { readonly kind: 'down' | 'slow'; readonly server: ServerName }
  /** One process can't reach one server, while others can. */
  | {
      readonly kind: 'cut';
      readonly how: Cut;
      readonly role: RoleName;
      readonly which: number;
      readonly server: ServerName;
    }
  /** The queue's server restarts, or a replica takes over, without its last changes. */
  | { readonly kind: 'restart'; readonly lost: number }
  /** The queue is emptied (FLUSHALL). */
  | { readonly kind: 'flush' }
  /** The last changes of the queue are undone without detection. */
  | { readonly kind: 'tamper'; readonly lost: number }
);

/**
 * A fault at the worst moment: when a call has been executed and its answer is in flight. Random times seldom hit the
 * few milliseconds in which it matters.
 */
export interface TargetedFault {
  /** For example `queue.reserve`. */
  readonly call: string;
  /** Which of these calls, counted from 1. */
  readonly nth: number;
  readonly caller: 'kill' | 'stop' | 'spare';
  /** Whether the call is repeated a moment later. */
  readonly doubled: boolean;
  readonly forMs: number;
  /** Number of changes that the queue loses in a restart a moment later. */
  readonly lost: number | undefined;
}

export type RoleName = 'front' | 'worker' | 'scheduler';

export type ServerName = 'queue' | 'log' | 'database' | 'live' | 'provider';

const ROLES: readonly RoleName[] = ['front', 'front', 'worker', 'scheduler'];
const SERVERS: readonly ServerName[] = ['queue', 'log', 'database', 'live', 'provider'];

/** No faults occur after this time; every sale is over by then, or nearly. */
const HEAL_MS = 26_000;

/** Number of queue changes: a good part of a small sale. */
const MOST_LOST = 12;
/** Share of seeds in which the queue is tampered with; most promises can't be kept then, and are not checked. */
const TAMPERED = 0.05;

/** Each kind of fault is switched on at random: a seed with few kinds reveals more than one with all of them. */
export function scenarioOf(random: Random): Scenario {
  const sales = Array.from({ length: random.chance(0.25) ? 2 : 1 }, (_, n) => saleOf(random, n + 1));
  const faults: PlannedFault[] = [];
  const some = (share: number, most: number, make: (at: number) => PlannedFault) => {
    if (!random.chance(share)) return;
    for (let n = random.integer(1, most); n > 0; n -= 1) faults.push(make(random.between(500, HEAL_MS - 1000)));
  };
  const hit = (kind: 'kill' | 'stop', at: number, forMs: number): PlannedFault => ({
    kind,
    at,
    forMs,
    role: random.pick(ROLES),
    which: random.integer(0, 1),
  });
  some(0.6, 8, (at) => hit('kill', at, random.between(100, 4000)));
  some(0.3, 4, (at) => hit('stop', at, random.between(300, 7000)));
  some(0.4, 3, (at) => ({ kind: 'down', at, forMs: random.between(100, 4000), server: random.pick(SERVERS) }));
  some(0.4, 4, (at) => ({ kind: 'slow', at, forMs: random.between(500, 5000), server: random.pick(SERVERS) }));
  if (random.chance(TAMPERED)) {
    some(1, 2, (at) => ({ kind: 'tamper', at, forMs: 0, lost: random.integer(1, MOST_LOST) }));
  } else {
    some(0.3, 3, (at) => ({ kind: 'restart', at, forMs: random.between(50, 3000), lost: lostOf(random) }));
    some(0.1, 2, (at) => ({ kind: 'flush', at, forMs: 0 }));
  }
  some(0.3, 3, (at) => ({
    kind: 'cut',
    how: random.pick(['refused', 'silent']),
    at,
    forMs: random.between(500, 8000),
    role: random.pick(ROLES),
    which: random.integer(0, 1),
    server: random.pick(['database', ...SERVERS]),
  }));
  const tampered = faults.some(({ kind }) => kind === 'tamper');
  return {
    targetedFaults: random.chance(0.5) ? [targetedFaultOf(random, tampered), targetedFaultOf(random, tampered)] : [],
    sales,
    buyers: random.integer(3, 12),
    fronts: random.integer(1, 2),
    workers: random.integer(1, 2),
    schedulers: random.integer(1, 2),
    partitions: random.integer(1, 3),
    conditions: conditionsOf(random),
    lostEvents: random.chance(0.3) ? 0.5 : 0,
    faults,
    skewMs: random.chance(0.3) ? 300 : 0,
    closeAt: random.chance(0.2) ? random.between(3000, 20_000) : undefined,
    change: random.chance(0.3) ? changeOf(random) : undefined,
    archives: (sales[0] as Sale).total % 2 === 0,
    steering: random.chance(0.4) ? steeringOf(random, sales[0] as Sale) : [],
    refunds: random.chance(0.4),
    healAt: HEAL_MS,
    jobs: random.chance(0.3) ? jobsOf(random) : [],
  };
}

function jobsOf(random: Random): readonly JobPlan[] {
  return Array.from({ length: random.integer(1, 2) }, (_, n) => ({
    at: random.between(4000, 12_000) + n * random.between(0, 8000),
    kind: random.chance(0.7) ? 'refund' : 'cancel',
    returnTickets: random.chance(0.5),
    stopAfterMs: random.chance(0.4) ? random.between(0, 1500) : undefined,
    resumeAfterMs: random.between(0, 1500),
  }));
}

/** A pause or two, with what else an admin does meanwhile; a sale that is paused is resumed in the end, or it would be over. */
function steeringOf(random: Random, { opensAt, closesAt }: Sale): readonly Steering[] {
  const steering: Steering[] = [];
  let at = opensAt - START_MS + random.between(-500, 6000);
  for (let n = random.integer(1, 3); n > 0; n -= 1) {
    const others: readonly SteeringAct[] = [
      { kind: 'addStock', quantity: random.integer(1, 3) },
      { kind: 'extend', closesAt: closesAt + random.integer(500, 3000) },
    ];
    const pauses = random.chance(0.6);
    if (pauses) steering.push({ kind: 'pause', at });
    if (!pauses || random.chance(0.3)) steering.push({ ...random.pick(others), at });
    at += random.between(0, 2500);
    if (pauses) steering.push({ kind: 'resume', at });
    at += random.between(0, 3000);
  }
  return steering;
}

function changeOf(random: Random): SettingsChangeAt {
  const values = {
    'purchase.deadlineMs': random.integer(500, 2000),
    'purchase.capacity': random.integer(1, 32),
    'purchase.concurrency': random.integer(1, 4),
    'purchase.batchSize': random.integer(1, 8),
    'purchase.soldOutMs': random.integer(0, 1000),
    'breakers.halfOpenAfterMs': random.integer(200, 2000),
    'settlement.batchSize': random.integer(1, 16),
  };
  const chosen = Object.entries(values).filter(() => random.chance(0.4));
  return { at: random.between(500, HEAL_MS - 6000), values: Object.fromEntries(chosen) };
}

/** Calls on which a promise depends. */
const CRITICAL = [
  // Weighted: everything else depends on it.
  ...['queue.reserve', 'queue.reserve', 'queue.reserve', 'queue.reserve', 'queue.reserve'],
  'log.append',
  'queue.published',
  'queue.release',
  'queue.update',
  'queue.claimStranded',
  'queue.begin',
  'queue.end',
  'log.appendFence',
  'database.saveSale',
  'database.store',
  'database.transition',
  'database.capture',
  'database.rebooked',
  'database.refund',
  'database.advance',
  'provider.refund',
];

const TARGETED_FAULT_MS = [
  [100, 1000],
  [2300, 4500],
  [100, 7000],
] as const;

function targetedFaultOf(random: Random, tampered: boolean): TargetedFault {
  const [shortest, longest] = random.pick(TARGETED_FAULT_MS);
  return {
    call: random.pick(CRITICAL),
    nth: random.integer(1, random.pick([3, 12])),
    caller: random.pick(['kill', 'stop', 'spare']),
    doubled: random.chance(0.3),
    // A third of them ends at about the time at which a recovery that it may have caused does.
    forMs: random.between(shortest, longest),
    lost: !tampered && random.chance(0.5) ? lostOf(random) : undefined,
  };
}

/** Most restarts lose little, some nothing, some everything of the last seconds. */
function lostOf(random: Random): number {
  return random.chance(0.2) ? 0 : random.integer(1, random.pick([3, MOST_LOST]));
}

function conditionsOf(random: Random): NetworkConditions {
  if (random.chance(0.3)) return CALM;
  const share = (most: number) => (random.chance(0.5) ? random.between(0, most) : 0);
  return {
    latencyMs: [0.2, random.pick([2, 10, 60, 300])],
    lost: share(0.05),
    unanswered: share(0.08),
    doubled: share(0.1),
    late: share(0.05),
  };
}

function saleOf(random: Random, n: number): Sale {
  const opensAt = START_MS + random.integer(500, 3000);
  return {
    id: `sale_${n}`,
    productId: 'product',
    title: 'A thing',
    description: 'Scarce.',
    price: { amount: 1000 + n, currency: 'EUR' },
    total: random.integer(1, 9),
    perBuyerLimit: random.integer(1, 4),
    opensAt,
    closesAt: opensAt + random.integer(6000, 22_000),
    payWithinSeconds: random.integer(2, 8),
    status: 'draft',
    epoch: 1,
    version: 1,
  };
}
