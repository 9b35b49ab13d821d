import type { Config } from '../config.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** What every part of a running process needs, besides its ports. */
export interface Context {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
}
