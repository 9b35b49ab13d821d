import { TestScheduler } from 'rxjs/testing';
import { expect } from 'vitest';

export type Marbles = Parameters<Parameters<TestScheduler['run']>[0]>[0] & {
  readonly scheduler: TestScheduler;
  /** Runs a task after everything else of the same frame, as at the end of a turn of the event loop. */
  readonly endOfFrame: (task: () => void) => void;
};

/** Runs a marble test in virtual time; one character is a millisecond. */
export function marbles(test: (helpers: Marbles) => void): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) =>
    test({
      ...helpers,
      scheduler,
      endOfFrame: (task) => {
        scheduler.schedule(task, 0);
      },
    }),
  );
}
