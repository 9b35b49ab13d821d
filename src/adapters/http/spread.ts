import { setTimeout as pause } from 'node:timers/promises';

/** How often some are acted on: often enough that nobody sees a wave. */
const EVERY_MS = 20;

/** Acts on each item, in their order, spread evenly over `overMs`; on all at once when that is 0. */
export async function spread<T>(items: readonly T[], overMs: number, act: (item: T) => void): Promise<void> {
  const start = performance.now();
  for (let done = 0; done < items.length; ) {
    const elapsed = performance.now() - start;
    const due = elapsed >= overMs ? items.length : Math.ceil((items.length * elapsed) / overMs);
    for (const item of items.slice(done, due)) act(item);
    done = Math.max(done, due);
    if (done < items.length) await pause(EVERY_MS);
  }
}
