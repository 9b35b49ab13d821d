import { Fault } from '../domain/errors.ts';

/** Each conflict means that another writer succeeded. People at a screen never cause so many in a row. */
const MAX_ATTEMPTS = 50;

/**
 * Optimistic concurrency control: reads, decides and saves until no other writer interferes. `attempt` returns undefined
 * when what it read was changed before it could save. Errors: those of `attempt`; Fault `unavailable` after 50 conflicts.
 */
export async function retryOnConflict<Answer>(attempt: () => Promise<Answer | undefined>): Promise<Answer> {
  for (let n = 0; n < MAX_ATTEMPTS; n += 1) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
  }
  throw new Fault('unavailable', `gave up after ${MAX_ATTEMPTS} conflicts with other writers`);
}
