import { expect, test } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { SingleFlight } from './single-flight.ts';

function rig() {
  const flights = new SingleFlight();
  const loads: ReturnType<typeof deferred<string>>[] = [];
  const kept: string[] = [];
  const run = (key: string) =>
    flights.run(
      key,
      () => {
        const load = deferred<string>();
        loads.push(load);
        return load.promise;
      },
      (value) => kept.push(value),
    );
  return { flights, loads, kept, run };
}

test('callers of a key share the load that is under way', async () => {
  const { loads, kept, run } = rig();
  const all = Promise.all([run('a'), run('a'), run('b')]);
  loads[0]?.resolve('A');
  loads[1]?.resolve('B');
  expect(await all).toEqual(['A', 'A', 'B']);
  expect(kept).toEqual(['A', 'B']);
  void run('a');
  expect(loads).toHaveLength(3);
});

test('an error is for all callers of the load, and the next caller loads again', async () => {
  const { loads, kept, run } = rig();
  const all = Promise.allSettled([run('a'), run('a')]);
  loads[0]?.reject(new Error('down'));
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = run('a');
  loads[1]?.resolve('A');
  expect([await again, kept]).toEqual(['A', ['A']]);
});

test('a load that was forgotten answers its callers and is not kept', async () => {
  const { flights, loads, kept, run } = rig();
  const early = run('a');
  flights.forget('a');
  const late = run('a');
  loads[0]?.resolve('old');
  loads[1]?.resolve('new');
  expect([await early, await late, kept]).toEqual(['old', 'new', ['new']]);
});
