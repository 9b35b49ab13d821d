import { defer, firstValueFrom, map, race, repeat, takeWhile, timer } from 'rxjs';
import type { Context } from './context.ts';
import type { Readiness } from './readiness.ts';

/**
 * A front that shares its port gets buyers the moment it listens. So it waits for its servers a little, and no longer:
 * one that can't sell still answers, and says so.
 */
const WAIT_MS = 3000;
const LOOK_EVERY_MS = 25;

/** Resolves when the process can sell, or after a while all the same. */
export async function untilReady(readiness: () => Promise<Readiness>, { log }: Pick<Context, 'log'>): Promise<void> {
  const ready$ = defer(readiness).pipe(
    repeat({ delay: LOOK_EVERY_MS }),
    takeWhile(({ ready }) => !ready, true),
    map(({ ready, dependencies }) => (ready ? undefined : dependencies)),
  );
  let missing: Readiness['dependencies'] | undefined;
  const looking = ready$.subscribe((dependencies) => {
    missing = dependencies;
  });
  await firstValueFrom(race(timer(WAIT_MS), new Promise<void>((resolve) => looking.add(resolve))));
  looking.unsubscribe();
  if (missing !== undefined) log.warn({ dependencies: missing }, 'not ready, listening all the same');
}
