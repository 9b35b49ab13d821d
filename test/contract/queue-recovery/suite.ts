import { afterAll, beforeAll, describe } from 'vitest';
import { type RecoveryHarness, recoveryBench } from './harness.ts';
import { rebuildsSale } from './rebuild.ts';
import { rebuildsSeveralTickets } from './rebuild-quantities.ts';
import { takesSteps } from './steps.ts';

/** What every recovery of a ticket queue must do. */
export function queueRecoveryContract(name: string, open: () => Promise<RecoveryHarness>): void {
  describe(`${name} in recovery`, () => {
    let harness: RecoveryHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    const bench = recoveryBench(() => harness);
    takesSteps(bench);
    rebuildsSale(bench);
    describe('of orders of several tickets', () => rebuildsSeveralTickets(bench));
  });
}
