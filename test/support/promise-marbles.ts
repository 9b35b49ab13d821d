import { type Observable, Subject } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { expect } from 'vitest';
import { Fault } from '../../src/domain/errors.ts';
import { settled } from './deferred.ts';
import { ManualClock } from './fakes/manual-clock.ts';

/** Milliseconds; longer than any diagram. A stream that never ends has to be unsubscribed before. */
const LAST_FRAME = 10_000;

export const UNAVAILABLE = new Fault('unavailable', 'unavailable');

/** A fake call of a port, with an Observable of the arguments of each call in its frame. */
export type Port<A extends readonly unknown[], R> = ((...args: A) => Promise<R>) & { readonly calls$: Observable<A> };

export interface PromiseMarbles extends Pick<RunHelpers, 'hot' | 'expectObservable' | 'expectSubscriptions'> {
  /** Advances with the frames: a port that reads it gets the frame in which it is called. */
  readonly clock: ManualClock;
  /** For timers; they are due in frames. */
  readonly scheduler: TestScheduler;
  /** Runs a task after all that is due in the frame, promises included, as `setImmediate` does in production. */
  readonly endOfTurn: (task: () => void) => void;
  /**
   * Makes a call that answers by marbles, counted from the frame of the call: at the letter it does its `work`, and
   * resolves with its result.
   *
   *     --a|    works and answers 2 frames later
   *     --#     rejects with `fault` 2 frames later, without any work
   *     a-#     works at once, but the answer is lost: rejects 2 frames later
   *     -       never answers
   *
   * Several diagrams apply to one call each, and the last one to all further calls.
   */
  readonly port: <A extends readonly unknown[], R>(
    work: (...args: A) => Promise<R>,
    diagrams: string | readonly string[],
    fault?: unknown,
  ) => Port<A, R>;
}

/**
 * A marble test of code that awaits promises, in virtual time; one character is a millisecond. RxJS's `run` plays all frames
 * synchronously, so promises would settle only after its end. Here `test` only sets things up. Then the scheduler advances
 * frame by frame, each is played until no promise, timer or task of it is left, and the lines are compared when nothing is
 * due any more. Within a frame inputs come first, then timers and answers in the order in which they were requested.
 */
export async function promiseMarbles(test: (m: PromiseMarbles) => void): Promise<void> {
  const lines: { readonly actual: unknown; readonly expected: unknown }[] = [];
  const scheduler = new SteppedScheduler((actual, expected) => {
    lines.push({ actual, expected });
  });
  const clock = new ManualClock();
  const tasks: (() => void)[] = [];
  const endOfTurn = (task: () => void) => void tasks.push(task);
  scheduler.run((helpers) => test({ ...helpers, clock, scheduler, endOfTurn, port: portOn(scheduler) }));

  for (let frame: number | undefined = 0; frame !== undefined; frame = scheduler.nextFrame()) {
    if (frame > LAST_FRAME) throw new Error(`something is still due in frame ${frame}: unsubscribe from it`);
    clock.advance(frame - clock.monotonic());
    scheduler.play(frame);
    await settled();
    while (scheduler.nextFrame() === frame || tasks.length > 0) {
      if (scheduler.nextFrame() === frame) scheduler.play(frame);
      else for (const task of tasks.splice(0)) task();
      await settled();
    }
  }
  if (lines.length === 0) throw new Error('this marble test expects nothing');
  for (const [n, { actual, expected }] of lines.entries()) expect(actual, `line ${n + 1}`).toEqual(expected);
}

class SteppedScheduler extends TestScheduler {
  /** Milliseconds a character; `run` sets it only for diagrams that are parsed within it. */
  static override frameTimeFactor = 1;

  /** `run` ends with a flush, which must not play any frame here. */
  override flush(): void {}

  play(frame: number): void {
    this.maxFrames = frame;
    super.flush();
  }

  nextFrame(): number | undefined {
    return this.actions[0]?.delay;
  }
}

function portOn(scheduler: TestScheduler): PromiseMarbles['port'] {
  return <A extends readonly unknown[], R>(
    work: (...args: A) => Promise<R>,
    diagrams: string | readonly string[],
    fault: unknown = UNAVAILABLE,
  ): Port<A, R> => {
    const plan = [diagrams]
      .flat()
      .map((diagram) => SteppedScheduler.parseMarbles(diagram, undefined, fault, false, true));
    const calls$ = new Subject<A>();
    let made = 0;
    const call = (...args: A) => {
      const messages = plan[Math.min(made++, plan.length - 1)] ?? [];
      const isLost = messages.some(({ notification }) => notification.kind === 'E');
      calls$.next(args);
      return new Promise<R>((resolve, reject) => {
        for (const { frame, notification } of messages) {
          scheduler.schedule(() => {
            if (notification.kind === 'E') reject(notification.error);
            if (notification.kind !== 'N') return;
            const done = work(...args);
            if (isLost) done.catch(reject);
            else done.then(resolve, reject);
          }, frame);
        }
      });
    };
    return Object.assign(call, { calls$ });
  };
}
