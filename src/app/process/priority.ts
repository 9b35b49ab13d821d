import { constants, setPriority } from 'node:os';
import type { Config } from '../../config.ts';

/**
 * Lets what buyers wait for go first where they share processors: a process that only stores lowers its priority. What it
 * falls behind in a stampede the log keeps, and it catches up when the processors are free; with processors to spare
 * nothing changes. A scheduler stays as it is, for a lost sale waits for it.
 */
export function lowerWorkerPriority({ roles }: Pick<Config, 'roles'>): void {
  if (roles.every((role) => role === 'worker')) setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
