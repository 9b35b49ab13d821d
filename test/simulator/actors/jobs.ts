import type { World } from '../core/world.ts';
import type { Answer, SimulatedFront } from '../roles/front.ts';
import type { JobPlan } from '../scenario.ts';
import type { History } from './history.ts';

/** Asks again and again until it is answered 200. */
type Until = (what: string, ask: (front: SimulatedFront) => Promise<Answer>) => Promise<string>;

/** An admin who starts jobs on the orders of a sale, one after the other, and stops and resumes some of them. */
export async function startJobs(
  world: World,
  history: History,
  saleId: string,
  plans: readonly JobPlan[],
  until: Until,
): Promise<void> {
  history.busy += 1;
  for (const [n, { at, kind, returnTickets, stopAfterMs, resumeAfterMs }] of plans.entries()) {
    await world.wait(Math.max(0, at - world.now));
    const request = { kind, saleId, reason: 'rain', returnTickets, by: 'admin', key: `job-${n}` };
    const jobId = await until(`starts a job: ${kind}`, (front) => front.startJob(request));
    if (jobId === '' || stopAfterMs === undefined) continue;
    await world.wait(stopAfterMs);
    const stopped = await until(`stops ${jobId}`, (front) => front.steerJob('stop', jobId, 0));
    await world.wait(resumeAfterMs);
    // A stop that was given up may still be carried out: it must not undo this.
    if (stopped !== '') await until(`resumes ${jobId}`, (front) => front.steerJob('resume', jobId, Number(stopped)));
  }
  history.busy -= 1;
}
