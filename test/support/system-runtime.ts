import { randomUUID } from 'node:crypto';
import { systemTimers } from '../../src/adapters/system/timers.ts';
import type { Runtime } from '../../src/roles/runtime.ts';

/** What a role needs of the process that a test runs in. */
export const systemRuntime: Runtime = { timers: systemTimers, random: Math.random, newHolder: randomUUID };
