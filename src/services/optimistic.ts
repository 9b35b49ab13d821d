import { Fault } from '../domain/errors.ts';

/** Each attempt that fails means that somebody else's came through: so many in a row are no people at a screen. */
const MAX_ATTEMPTS = 50;

/**
 * Reads, decides and saves until nobody came in between: `attempt` gives the answer, or undefined when what it read was
 * changed before it could save. Errors: those of `attempt`, and Fault `unavailable` when it never gets through.
 */
export async function optimistically<Answer>(attempt: () => Promise<Answer | undefined>): Promise<Answer> {
  for (let n = 0; n < MAX_ATTEMPTS; n += 1) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
  }
  throw new Fault('unavailable', 'others kept changing the same thing at the same time');
}
