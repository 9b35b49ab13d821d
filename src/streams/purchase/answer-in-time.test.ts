import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { Deadline } from '../../resilience/deadline.ts';
import { answerInTime } from './answer-in-time.ts';

const DEADLINE_MS = 2000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const after = (ms: number, task: () => void) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};

function rig() {
  const clock = new ManualClock();
  const deadline = new Deadline(clock, DEADLINE_MS);
  const answers: string[] = [];
  const late: number[] = [];
  const inTime = answerInTime({ deadline, after, onLate: (count) => late.push(count) });
  return {
    deadline,
    answers,
    late,
    stop: inTime.stop,
    click: (userId: string) =>
      inTime.watch({
        saleId: 'sale-1',
        userId,
        idempotencyKey: undefined,
        quantity: 1,
        requestId: userId,
        receivedAt: clock.monotonic(),
        respond: ({ kind }) => answers.push(`${userId}: ${kind}`),
      }),
    pass: (ms: number) => {
      clock.advance(ms);
      vi.advanceTimersByTime(ms);
    },
  };
}

it('an answer in time is passed on, once, and nothing is left to check', () => {
  const { click, pass, answers } = rig();
  const ann = click('ann');
  pass(DEADLINE_MS / 2);
  ann.respond({ kind: 'soldOut' });
  pass(DEADLINE_MS);
  ann.respond({ kind: 'soldOut' });
  expect(answers).toEqual(['ann: soldOut']);
  expect(vi.getTimerCount()).toBe(0);
});

it('a request that would wait beyond its deadline is answered unavailable by then, and not again', () => {
  const { click, pass, answers, late } = rig();
  const ann = click('ann');
  pass(1000);
  click('bob').respond({ kind: 'soldOut' });
  const cyd = click('cyd');
  pass(1000);
  expect(answers).toEqual(['bob: soldOut', 'ann: unavailable']);
  pass(1000);
  expect(answers.slice(2)).toEqual(['cyd: unavailable']);
  ann.respond({ kind: 'overloaded' });
  cyd.respond({ kind: 'soldOut' });
  expect(answers).toHaveLength(3);
  expect(late).toEqual([1, 1]);
});

it('a shortened deadline applies to waiting requests', () => {
  const { click, pass, deadline, answers } = rig();
  click('ann');
  deadline.ms = 100;
  pass(100);
  expect(answers).toEqual(['ann: unavailable']);
});

it('checks nothing once it is stopped', () => {
  const { click, pass, stop, answers } = rig();
  click('ann');
  stop();
  pass(2 * DEADLINE_MS);
  expect(answers).toEqual([]);
});
