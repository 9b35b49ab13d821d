import { collectDefaultMetrics, Registry } from 'prom-client';
import { type BreakerMetrics, createBreakerMetrics } from './breaker-metrics.ts';
import { createHttpMetrics, type HttpMetrics } from './http-metrics.ts';
import { createLiveMetrics, type LiveMetrics } from './live-metrics.ts';
import { createLogMetrics, type LogMetrics } from './log-metrics.ts';
import { createPaymentMetrics, type PaymentMetrics } from './payment-metrics.ts';
import { createPurchaseMetrics, type PurchaseMetrics } from './purchase-metrics.ts';
import { createRateLimitMetrics, type RateLimitMetrics } from './rate-limit-metrics.ts';
import { createSchedulerMetrics, type SchedulerMetrics } from './scheduler-metrics.ts';
import { createSettingsMetrics, type SettingsMetrics } from './settings-metrics.ts';
import { createSettlementMetrics, type SettlementMetrics } from './settlement-metrics.ts';

export interface MetricsOptions {
  /**
   * Memory, CPU, garbage collection and event-loop delay of the process. They are observed for its whole lifetime.
   * @default true
   */
  readonly process?: boolean;
}

/** All instruments of a process as plain functions: callers build no labels, and record once per batch. */
export interface Metrics
  extends PurchaseMetrics,
    SettlementMetrics,
    SchedulerMetrics,
    HttpMetrics,
    PaymentMetrics,
    LiveMetrics,
    LogMetrics,
    RateLimitMetrics,
    BreakerMetrics,
    SettingsMetrics {
  /** All metrics in Prometheus' text format, for `GET /metrics`. */
  readonly expose: () => Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Sampling interval of the event-loop delay: fine enough to see a 10 ms stall, cheap enough to leave on. */
const EVENT_LOOP_SAMPLE_MS = 10;

export function createMetrics({ process: ofProcess = true }: MetricsOptions = {}): Metrics {
  const register = new Registry();
  if (ofProcess) collectDefaultMetrics({ register, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS });
  return {
    ...createPurchaseMetrics(register),
    ...createSettlementMetrics(register),
    ...createSchedulerMetrics(register),
    ...createHttpMetrics(register),
    ...createPaymentMetrics(register),
    ...createLiveMetrics(register),
    ...createLogMetrics(register),
    ...createRateLimitMetrics(register),
    ...createBreakerMetrics(register),
    ...createSettingsMetrics(register),
    expose: async () => ({ contentType: register.contentType, body: await register.metrics() }),
  };
}
