import { setTimeout as delay } from 'node:timers/promises';
import { asyncScheduler } from 'rxjs';
import type { Timers } from '../../ports/timers.ts';

/** The timers of the event loop. They keep the process alive until they have fired or were cancelled. */
export const systemTimers: Timers = {
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  endOfTurn: (task) => void setImmediate(task),
  wait: (ms) => delay(ms),
  scheduler: asyncScheduler,
};
