import { describe, expect, it } from 'vitest';
import { systemRuntime } from '../../../test/support/system-runtime.ts';
import { Fault } from '../../domain/errors.ts';
import { createPolicy } from '../../resilience/policy.ts';
import { createReadiness } from './readiness.ts';

const OPTIONS = {
  concurrency: 1,
  timeoutMs: 1000,
  failureShare: 0.5,
  windowMs: 1000,
  minimumRps: 1,
  halfOpenAfterMs: 60_000,
};

type Name = 'queue' | 'log' | 'store' | 'live';

/** Every dependency is up except those named. */
function rig({
  down = [],
  hasNumber = true,
  draining = false,
  leaderless,
  notAccepting,
  warnings = [],
}: RigOptions = {}) {
  const pinged: Name[] = [];
  const ping = (name: Name) => async () => {
    pinged.push(name);
    if (down.includes(name)) throw new Fault('unavailable', `${name} is unreachable`);
  };
  const ports = {
    queue: { ping: ping('queue'), warnings: () => warnings },
    log: { ping: ping('log') },
    store: { ping: ping('store') },
    live: { ping: ping('live') },
  };
  const policies = {
    queue: createPolicy('queue', OPTIONS),
    log: createPolicy('log', OPTIONS),
    store: createPolicy('store', OPTIONS),
    live: createPolicy('live', OPTIONS),
  };
  const look = createReadiness(ports, {
    policies,
    node: { ready: () => hasNumber },
    draining: () => draining,
    notAccepting: () => notAccepting,
    leader: { detail: () => leaderless },
    timers: systemRuntime.timers,
  });
  return { look, policies, pinged };
}

interface RigOptions {
  readonly down?: readonly Name[];
  readonly hasNumber?: boolean;
  readonly draining?: boolean;
  readonly leaderless?: string;
  readonly notAccepting?: string;
  readonly warnings?: readonly string[];
}

describe('a front', () => {
  it('is ready while all is healthy, and not while it drains', async () => {
    expect(await rig().look()).toMatchObject({ ready: true, degraded: false });
    expect(await rig({ draining: true }).look()).toMatchObject({ ready: false });
  });

  it('is ready with a queue that should be set up in another way, and says so', async () => {
    expect(await rig({ warnings: ['set this', 'set that'] }).look()).toMatchObject({
      ready: true,
      degraded: false,
      dependencies: { queue: { state: 'up', detail: 'set this; set that' } },
    });
    const { dependencies } = await rig({ warnings: ['set this'], down: ['queue'] }).look();
    expect(dependencies.queue).toEqual({ state: 'down', detail: 'queue is unreachable' });
    expect((await rig().look()).dependencies.queue).toEqual({ state: 'up' });
  });

  it('is degraded while it accepts no more connections, and says why', async () => {
    const detail = 'no file descriptors are left';
    expect((await rig().look()).dependencies).not.toHaveProperty('listener');
    expect(await rig({ notAccepting: detail }).look()).toMatchObject({
      ready: true,
      degraded: true,
      dependencies: { listener: { state: 'down', detail } },
    });
  });

  it.each([[['queue']], [['log']], [['queue', 'store']]] as const)(
    'that can’t sell without %s is not ready',
    async (down) => {
      expect(await rig({ down }).look()).toMatchObject({ ready: false, degraded: false });
    },
  );

  it('without a node number is not ready', async () => {
    const { ready, dependencies } = await rig({ hasNumber: false }).look();
    expect([ready, dependencies.node]).toEqual([false, { state: 'down' }]);
  });

  it.each([[['store']], [['live']], [['store', 'live']]] as const)(
    'sells without %s: it is ready, and reports what is down',
    async (down) => {
      const { ready, degraded, dependencies } = await rig({ down }).look();
      expect([ready, degraded]).toEqual([true, true]);
      const unreachable = Object.entries(dependencies).filter(([, { state }]) => state === 'down');
      expect(unreachable).toEqual(down.map((name) => [name, { state: 'down', detail: `${name} is unreachable` }]));
    },
  );

  it('sells without a scheduler: it is ready, and reports that none leads', async () => {
    const { ready, degraded, dependencies } = await rig({ leaderless: 'none for 30 s' }).look();
    expect([ready, degraded]).toEqual([true, true]);
    expect(dependencies.scheduler).toEqual({ state: 'down', detail: 'none for 30 s' });
    expect((await rig().look()).dependencies.scheduler).toEqual({ state: 'up' });
  });

  it('does not call a dependency whose breaker is open', async () => {
    const { look, policies, pinged } = rig();
    while (policies.log.state() === 'closed') {
      await policies.log.execute(() => Promise.reject(new Fault('timeout', 'slow'))).catch(() => undefined);
    }
    expect((await look()).dependencies.log).toEqual({ state: 'down', detail: 'breaker open' });
    expect(pinged).toEqual(['queue', 'store', 'live']);
  });
});
