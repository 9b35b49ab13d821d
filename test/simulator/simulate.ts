import { isPublic } from '../../src/domain/sale.ts';
import { administer } from './actors/admin.ts';
import { Buyer } from './actors/buyer.ts';
import { History } from './actors/history.ts';
import { Internet } from './actors/internet.ts';
import { giveBack } from './actors/refunder.ts';
import { type Bugs, NO_BUGS } from './bugs.ts';
import { checkFromInside, checkRemoved } from './checks/inside.ts';
import { checkJobs } from './checks/jobs.ts';
import { checkFromOutside } from './checks/outside.ts';
import { checkRefunds } from './checks/refunds.ts';
import { RowWatch } from './checks/row-watch.ts';
import { checkSettings, withOldSettings } from './checks/settings.ts';
import { CALM, Network } from './core/network.ts';
import { START_MS } from './core/process.ts';
import { Random } from './core/random.ts';
import { Trace } from './core/trace.ts';
import { withVirtualDate } from './core/virtual-date.ts';
import { World } from './core/world.ts';
import { scheduleFaults } from './fault-plan.ts';
import { Fleet } from './roles/fleet.ts';
import { type PlannedFault, type Scenario, scenarioOf } from './scenario.ts';
import { DataCenter } from './servers/data-center.ts';

export interface SimulationOptions {
  readonly bugs?: Bugs;
  /** Whether the trace keeps its lines. */
  readonly keepLines?: boolean;
  /** Replaces the seed's own scenario, for shrinking. */
  readonly scenario?: Scenario;
}

export interface SimulationResult {
  readonly seed: number;
  /** Violated promises; empty if none. */
  readonly violations: readonly string[];
  readonly traceHash: string;
  readonly lines: readonly string[];
  readonly events: number;
  readonly calls: number;
  /** Purchases that were answered 201, replays included. */
  readonly bought: number;
  readonly endedAt: number;
  readonly scenario: Scenario;
}

/** Interval of checks for quiescence after `healAt`, and how long they continue. */
const CHECK_EVERY_MS = 2000;
const REST_WITHIN_MS = 45_000;

/**
 * Simulates one or two sales, from before their opening until every order has ended; the same seed gives the same run.
 * `Date.now`, which Cockatiel's breakers read, is virtual meanwhile.
 */
export function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  return withVirtualDate((setNow) => run(seed, options, setNow));
}

async function run(
  seed: number,
  options: SimulationOptions,
  setNow: (now: () => number) => void,
): Promise<SimulationResult> {
  const { bugs = NO_BUGS, keepLines = false } = options;
  const world = new World(new Random(seed), new Trace(keepLines));
  setNow(() => START_MS + Math.floor(world.now));
  const own = scenarioOf(world.random);
  const { scenario = own } = options;
  const { sales, healAt } = scenario;
  const tampered = scenario.faults.some(({ kind }) => kind === 'tamper');
  const violations: string[] = [];
  const report = (violation: string) => {
    world.trace.note(world.now, 'check', violation);
    violations.push(violation);
  };
  const network = new Network(world);
  network.conditions = scenario.conditions;
  const internet = new Internet(world, network);
  const watch = new RowWatch(sales, () => START_MS + world.now, scenario.skewMs, tampered, report);
  const center: DataCenter = new DataCenter(world, network, {
    partitions: scenario.partitions,
    bugs,
    rewinds: canRewind(scenario),
    onRemove: (saleId) => {
      if (!tampered) checkRemoved(center, saleId, report);
    },
    onOrder: watch.onChange,
    post: async (signature, body) => {
      const answer = await internet.request('provider', 'sends a payment event', (front) =>
        front.webhook(signature, body),
      );
      if (answer?.status !== 200) throw new Error('the event was not accepted');
    },
  });
  center.eventBus.lost = scenario.lostEvents;
  for (const sale of sales) await center.catalogue.addSale(sale);
  const history = new History();
  const fleet = new Fleet({ world, center, internet, bugs, scenario, onViolation: report });
  scheduleFaults(world, scenario, fleet, center);
  world.after(healAt, () => {
    world.trace.note(world.now, 'world', 'heals');
    network.conditions = CALM;
    center.eventBus.lost = 0;
  });

  void administer(world, internet, history, scenario);
  if (scenario.refunds) void giveBack({ world, internet, history, untilMs: healAt });
  for (let n = 1; n <= scenario.buyers; n += 1) {
    const buyer = new Buyer(`buyer${n}`, { world, internet, history, healAt });
    for (const sale of sales) void buyer.shop(sale);
  }

  await world.run(healAt);
  const untilMs = healAt + REST_WITHIN_MS;
  while (world.now < untilMs && !(await isAtRest(center, fleet, history, scenario)))
    await world.run(world.now + CHECK_EVERY_MS);
  const stored = new Map(center.store.all().map((order) => [order.id, order]));
  if (!tampered) checkFromOutside(history, stored, report);
  await checkFromInside(center, scenario, history, report);
  await checkJobs(center, scenario.skewMs, report);
  await checkRefunds(center, history, report);
  await checkSettings(center, fleet, report);
  return {
    seed,
    violations: [...new Set(violations)],
    traceHash: world.trace.hash,
    lines: world.trace.lines,
    events: world.events,
    calls: network.calls,
    bought: history.bought().length,
    endedAt: world.now,
    scenario,
  };
}

function canRewind({ faults, targetedFaults }: Scenario): boolean {
  return faults.some(({ kind }) => REWINDS.has(kind)) || targetedFaults.some(({ lost }) => lost !== undefined);
}

/** No buyer is active, and no work is left. */
async function isAtRest(
  center: DataCenter,
  fleet: Fleet,
  history: History,
  { sales, archives, faults }: Scenario,
): Promise<boolean> {
  if (history.busy > 0 || !center.provider.idle || (await withOldSettings(center, fleet)).length > 0) return false;
  if (await hasWork(center)) return false;
  for (const { id } of sales) {
    const sale = await center.catalogue.sale(id);
    if (sale === undefined || !isPublic(sale)) continue;
    // A queue that has lost changes without noticing may never be settled.
    const isToArchive = archives && id === sales[0]?.id && !faults.some(({ kind }) => kind === 'tamper');
    if (isToArchive && sale.status !== 'archived') return false;
    if (!(sale.status === 'archived' ? isRemoved(center, id) : isSettled(center, id))) return false;
  }
  return true;
}

/** Whether a role has something to do, whatever the sale. */
async function hasWork({ store, broker, jobs }: DataCenter): Promise<boolean> {
  const due: Promise<readonly unknown[]>[] = [store.owedTickets(1), store.refundsDue(1), store.rebookingsDue(1)];
  return (
    store.all().some(({ state }) => state === 'reserved') ||
    (await Promise.all(due)).some(({ length }) => length > 0) ||
    (await jobs.nextRunning('')) !== undefined ||
    GROUPS.some((group) => broker.lag(group) > 0)
  );
}

function isRemoved({ queue }: DataCenter, saleId: string): boolean {
  const { queue: free, ledger } = queue.memory.contents(saleId);
  return free.length + ledger.length === 0;
}

/** All that the queue has of a sale is known elsewhere. */
function isSettled({ queue, store }: DataCenter, saleId: string): boolean {
  const { pending, ledger } = queue.memory.contents(saleId);
  return queue.memory.isSound(saleId) && pending.length === 0 && ledger.every(({ orderId }) => store.has(orderId));
}

const REWINDS: ReadonlySet<PlannedFault['kind']> = new Set(['restart', 'flush', 'tamper']);
const GROUPS = ['settlement', 'live-view'] as const;
