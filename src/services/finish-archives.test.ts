import { expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { aSale } from '../../test/support/sales.ts';
import { Fault } from '../domain/errors.ts';
import type { Sale } from '../domain/sale.ts';
import { finishArchives } from './finish-archives.ts';

const MINUTE = 60_000;

function rig() {
  const clock = new ManualClock();
  let all: readonly Sale[] = [
    aSale({ id: 'a', status: 'archived' }),
    aSale({ id: 'c', status: 'closed' }),
    aSale({ id: 'd', status: 'draft' }),
  ];
  const removed: string[] = [];
  let isDown = false;
  const remove = async (saleId: string) => {
    if (isDown) throw new Fault('unavailable', 'down');
    removed.push(saleId);
  };
  const finish = finishArchives({ queue: { remove }, sales: async () => all, clock });
  return {
    clock,
    finish,
    /** What was removed since the last call. */
    taken: () => removed.splice(0).join(),
    archive: (id: string) => {
      all = [...all.filter((sale) => sale.id !== id), aSale({ id, status: 'archived' })];
    },
    down: (down: boolean) => {
      isDown = down;
    },
  };
}

it('removes each archived sale, again a minute later, for calls that were under way, and each hour from then on', async () => {
  const { clock, finish, taken, archive } = rig();
  expect([await finish(), taken()]).toEqual([[], 'a']);
  clock.advance(MINUTE / 2);
  archive('c');
  expect([await finish(), taken()]).toEqual([[], 'c']);
  clock.advance(MINUTE / 2);
  expect([await finish(), taken()]).toEqual([[], 'a']);
  clock.advance(MINUTE / 2);
  expect([await finish(), taken()]).toEqual([[], 'c']);
  clock.advance(10 * MINUTE);
  expect([await finish(), taken()]).toEqual([[], '']);
  clock.advance(50 * MINUTE);
  expect([await finish(), taken()]).toEqual([[], 'a,c']);
});

it('reports what failed, and tries again', async () => {
  const { finish, taken, down } = rig();
  down(true);
  expect(await finish()).toMatchObject([{ saleId: 'a', fault: { code: 'unavailable' } }]);
  down(false);
  expect([await finish(), taken()]).toEqual([[], 'a']);
});
