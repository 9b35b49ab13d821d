import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditRig } from '../../../test/support/audit-rig.ts';
import { wholeTimeline } from '../../../test/support/whole-timeline.ts';
import { Fault } from '../../domain/errors.ts';
import { createPolicy } from '../../resilience/policy.ts';
import { guardPorts } from './guarded-ports.ts';

const OPTIONS = {
  concurrency: 10,
  timeoutMs: 20,
  failureShare: 0.5,
  windowMs: 60_000,
  minimumRps: 100,
  halfOpenAfterMs: 60_000,
};

type Rig = Awaited<ReturnType<typeof auditRig>>;
type Ports = Rig['ports'];

let rig: Rig;

beforeEach(async () => {
  rig = await auditRig();
});

afterEach(() => rig.close());

const policies = () => ({
  stock: createPolicy('stock', OPTIONS),
  store: createPolicy('store', OPTIONS),
  live: createPolicy('live', OPTIONS),
  lookup: createPolicy('lookup', OPTIONS),
});

const hang = () => new Promise<never>(() => {});

/** Every call of the port hangs, like that of a server that has stopped responding. */
function hanging<Port extends object>(port: Port): Port {
  return Object.fromEntries(Object.keys(port).map((name) => [name, hang])) as Port;
}

describe('a call on which a buyer waits', () => {
  it('is unchanged while the dependency is healthy', async () => {
    const ports = guardPorts(rig.ports, policies());
    const sale = await rig.open({ total: 5 });
    const { orderId } = await rig.buy(sale, 'ann');
    expect(await ports.catalogue.sale(sale.id)).toEqual(sale);
    expect(await ports.store.order(orderId)).toMatchObject({ userId: 'ann' });
    expect(await ports.queue.stock(sale.id)).toMatchObject({ remaining: 4 });
    expect(await ports.queue.find(sale.id, orderId)).toMatchObject({ orderId });
    expect(await wholeTimeline(ports.live.timelinePages(sale.id))).toHaveLength(1);
  });

  it.each([
    ['stock', ({ queue }: Ports) => queue.stock('s')],
    ['stock', ({ queue }: Ports) => queue.find('s', 'o')],
    ['stock', ({ queue }: Ports) => queue.release('s', ['o'])],
    ['store', ({ store }: Ports) => store.order('o')],
    ['store', ({ store }: Ports) => store.orders({ userId: 'u', limit: 1 })],
    ['store', ({ store }: Ports) => store.store({ group: 'g', positions: [], orders: [] })],
    ['store', ({ store }: Ports) => store.transition('cancelled', ['o'], 1)],
    ['store', ({ store }: Ports) => store.returned(['o'])],
    ['store', ({ catalogue }: Ports) => catalogue.sale('s')],
    ['store', ({ catalogue }: Ports) => catalogue.sales({ includeDrafts: false, limit: 1 })],
    ['lookup', ({ catalogue }: Ports) => catalogue.salesRevision()],
    ['live', ({ live }: Ports) => wholeTimeline(live.timelinePages('s'))],
  ] as const)('is given up on by the policy %s when nothing answers: %s', async (name, call) => {
    const { queue, store, catalogue, live } = rig.ports;
    const stopped = {
      ...rig.ports,
      queue: hanging(queue),
      store: hanging(store),
      catalogue: hanging(catalogue),
      live: { ...hanging(live), timelinePages: () => ({ [Symbol.asyncIterator]: () => ({ next: hang }) }) },
    };
    const given = await call(guardPorts(stopped, policies())).catch((fault: unknown) => fault);
    expect(given).toBeInstanceOf(Fault);
    expect(given).toMatchObject({ code: 'timeout', message: expect.stringContaining(name) });
  });
});
