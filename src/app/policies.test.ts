import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { systemRuntime } from '../../test/support/system-runtime.ts';
import { connectionSettings, kafkaDefaults } from '../adapters/kafka/options.ts';
import { CONNECTION_OPTIONS } from '../adapters/redis/options.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import type { Policy } from '../resilience/policy.ts';
import { createPolicies, policyOptions, queueClientTimeoutMs } from '../roles/front/policies.ts';
import { relayDefaults } from '../streams/relay.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { defaultSettings } from './defaults.ts';
import { createFrontObserver } from './observers/front-observer.ts';

const config = loadConfig({});
const { deadlineMs } = config.purchase;
const timeoutOf = (name: Parameters<typeof policyOptions>[0]) => policyOptions(name, config).timeoutMs;

describe('the time limits', () => {
  it('grow from the inside out: client, policy, deadline', () => {
    expect(timeoutOf('stock')).toBeLessThan(queueClientTimeoutMs(config));
    expect(queueClientTimeoutMs(config)).toBeLessThan(timeoutOf('queue'));
    expect(timeoutOf('queue')).toBeLessThan(timeoutOf('log'));
    for (const name of ['stock', 'queue', 'store', 'live', 'log'] as const) {
      expect(timeoutOf(name)).toBeLessThan(deadlineMs);
    }
  });

  it('end with the log’s own limit for a record, before the relay publishes it again', () => {
    expect(deadlineMs).toBeLessThan(kafkaDefaults.messageTimeoutMs);
    expect(kafkaDefaults.messageTimeoutMs).toBeLessThan(relayDefaults.leaseMs);
  });
});

describe('a breaker', () => {
  const { halfOpenAfterMs } = config.breakers;

  it('retries sooner than the clients below it at their slowest', () => {
    const redisMs = CONNECTION_OPTIONS.retryStrategy(Number.MAX_SAFE_INTEGER);
    const kafkaMs = Number(connectionSettings({ brokers: ['any:1'] })['reconnect.backoff.max.ms']);
    expect(halfOpenAfterMs).toBeLessThan(Math.min(redisMs, kafkaMs));
  });

  it('opens only after several calls have failed, over longer than one call may take', async () => {
    const { windowMs, minimumRps } = policyOptions('queue', config);
    expect((windowMs / 1000) * minimumRps).toBeGreaterThan(1);
    expect(windowMs).toBeGreaterThan(timeoutOf('log'));
  });
});

function rig() {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', to: { write: (line) => lines.push(line) } });
  const metrics = createMetrics({ process: false });
  const fast = { ...config, breakers: { ...config.breakers, windowMs: 1000, halfOpenAfterMs: 50 } };
  const settings = { current: () => defaultSettings(fast), settings$: NEVER };
  const observer = createFrontObserver({ config, log, metrics });
  return { lines, metrics, policies: createPolicies(settings, systemRuntime, observer) };
}

const fail = (policy: Policy) =>
  policy.execute(() => Promise.reject(new Fault('unavailable', 'unreachable'))).catch(() => undefined);

describe('an outage', () => {
  it('is logged once, and its end once, despite trial calls in between; the metrics count each change', async () => {
    const { policies, lines, metrics } = rig();
    const tried = () => expect.poll(() => policies.queue.state()).toBe('half-open');
    while (policies.queue.state() === 'closed') await fail(policies.queue);
    for (let tries = 0; tries < 2; tries += 1) {
      await tried();
      await fail(policies.queue);
    }
    await tried();
    await policies.queue.execute(async () => undefined);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', dependency: 'queue', msg: 'breaker opened' },
      { level: 'info', dependency: 'queue', msg: 'breaker closed' },
    ]);
    const { body } = await metrics.expose();
    expect(body).toContain('floodgate_breaker_changes_total{dependency="queue",to="open"} 3');
    expect(body).toContain('floodgate_breaker_changes_total{dependency="queue",to="closed"} 1');
    expect(body).toContain('floodgate_breaker_state{dependency="queue",state="closed"} 1');
    expect(body).toContain('floodgate_breaker_changes_total{dependency="store",to="open"} 0');
  });

  it('of what pages read does not affect purchases, nor do waiting pages', async () => {
    const { policies } = rig();
    while (policies.stock.state() === 'closed') await fail(policies.stock);
    const reads = Array.from({ length: 100 }, () => policies.store.execute(() => deferred().promise));
    for (const read of reads) read.catch(() => undefined);
    expect([policies.queue.ready(), policies.log.ready(), policies.store.ready()]).toEqual([true, true, true]);
  });
});
