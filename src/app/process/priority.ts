import { constants, setPriority } from 'node:os';
import type { Config } from '../../config.ts';

/**
 * Prefers processes that buyers wait for where they share processors: a process that is only a worker lowers its
 * priority. The log keeps what it lags behind in a stampede, and it catches up once processors are free; with idle
 * processors nothing changes. A scheduler keeps its priority, since a lost sale waits for it.
 */
export function lowerWorkerPriority({ roles }: Pick<Config, 'roles'>): void {
  if (roles.every((role) => role === 'worker')) setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
