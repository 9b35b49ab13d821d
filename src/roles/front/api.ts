import type { Authenticator } from '../../api/auth/authenticator.ts';
import type { Operation } from '../../api/http/operation.ts';
import type { RateLimits } from '../../api/http/rate-limit.ts';
import { createRoutes } from '../../api/routes.ts';
import type { LogRange } from '../../ports/audit-source.ts';
import { auditSale } from '../../services/audit.ts';
import { rebuildLive } from '../../services/live-rebuild.ts';
import { LongReads, longReadDefaults } from '../../services/long-reads.ts';
import { reportOn } from '../../services/report.ts';
import { revokeTokens } from '../../services/token-admin.ts';
import { pagesInTurns } from '../../services/turns.ts';
import type { Ports } from '../ports.ts';
import type { Front } from './front.ts';
import type { FrontObserver } from './observer.ts';

export interface ApiParts {
  readonly front: Front;
  readonly auth: Authenticator;
  readonly limits: RateLimits;
  /** Consumer groups of the order log. */
  readonly groups: { readonly settlement: string; readonly liveView: string };
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  readonly metricsToken: string | undefined;
  /** Whether the metrics are served with the API. */
  readonly metricsHere: boolean;
  readonly draining: () => boolean;
  /** Whether load balancers should send nothing more, though purchases are still served. */
  readonly leaving: () => boolean;
  readonly observer: Pick<FrontObserver, 'readFailed' | 'auditing' | 'audited'>;
}

/** How long an audit waits for the workers: a front has to answer within ten seconds, and an audit waits twice. */
const AUDIT_WAIT_MS = 3000;

/** Most reports take milliseconds, and a program may ask for those of many sales at once. */
const REPORTS = { ...longReadDefaults, maxWaiting: 100 };

/** The complete API on a running front. */
export function createApi(
  ports: Pick<Ports, 'auditSources' | 'live' | 'tokenRevocations' | 'events' | 'clock'>,
  { front, groups, observer, ...parts }: ApiParts,
): readonly Operation[] {
  const { auditSources, clock } = ports;
  const {
    guarded,
    purchases,
    sales,
    orders,
    adminOrders,
    refunds,
    paymentEvents,
    products,
    saleAdmin,
    settingsAdmin,
    jobAdmin,
    readiness,
  } = front;
  const sources = { ...guarded, auditSources };
  const reports = new LongReads((saleId) => reportOn(saleId, guarded), clock, REPORTS);
  const audits = new LongReads(async (saleId) => {
    const outcome = await auditSale(saleId, sources, {
      group: groups.settlement,
      liveGroup: groups.liveView,
      maxWaitMs: AUDIT_WAIT_MS,
      onProgress: observer.auditing,
    });
    if (outcome.kind === 'audited') observer.audited(outcome.result);
    return outcome;
  }, clock);
  // Decoding a page of the log takes a few milliseconds: buyers come in between.
  const logInTurns = {
    ...auditSources.log,
    entries: (ranges: readonly LogRange[]) => pagesInTurns(auditSources.log.entries(ranges)),
  };
  const rebuilds = new LongReads(async (saleId) => {
    if ((await guarded.catalogue.sale(saleId)) === undefined) return undefined;
    const [rebuilt] = await rebuildLive([saleId], { source: logInTurns, live: ports.live });
    return rebuilt;
  }, clock);
  return createRoutes({
    ...parts,
    clock,
    purchases,
    sales,
    orders,
    adminOrders,
    refunds,
    payments: paymentEvents,
    products,
    saleAdmin,
    settings: settingsAdmin,
    jobs: jobAdmin,
    revokeTokens: (revocation) => revokeTokens(revocation, ports),
    readiness,
    rebuildLive: async (saleId) => rebuilds.run(saleId) ?? 'busy',
    report: async (saleId) => reports.run(saleId) ?? 'busy',
    audit: async (saleId) => audits.run(saleId) ?? { kind: 'busy' },
    onFault: observer.readFailed,
  });
}
