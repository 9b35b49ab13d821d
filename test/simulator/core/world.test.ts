import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Process } from './process.ts';
import { Random } from './random.ts';
import { Trace } from './trace.ts';
import { World } from './world.ts';

function aWorld(seed = 1): World {
  return new World(new Random(seed), new Trace(false));
}

describe('the world', () => {
  it('runs events in order of time, and simultaneous ones in the order in which they were planned', async () => {
    const world = aWorld();
    const planned = Array.from({ length: 200 }, (_, n) => ({ n, at: world.random.integer(0, 20) }));
    const ran: typeof planned = [];
    for (const event of planned) world.after(event.at, () => ran.push(event));
    await world.run(20);

    expect(ran).toEqual(planned.toSorted((a, b) => a.at - b.at || a.n - b.n));
  });

  it('settles everything that an event starts before the next one of the same moment', async () => {
    const world = aWorld();
    const ran: string[] = [];
    const longTask = async () => {
      for (let n = 0; n < 100; n += 1) await undefined;
      ran.push('the first, to its end');
    };
    world.after(1, () => void longTask());
    world.after(1, () => ran.push('the second'));
    await world.run(1);

    expect(ran).toEqual(['the first, to its end', 'the second']);
  });

  it('stops at the given time', async () => {
    const world = aWorld();
    let ran = 0;
    world.after(11, () => {
      ran += 1;
    });
    await world.run(10);
    expect([world.now, ran]).toEqual([10, 0]);
    await world.run(12);
    expect([world.now, ran]).toEqual([12, 1]);
  });

  it('does not run a cancelled event', async () => {
    const world = aWorld();
    let ran = false;
    world.after(1, () => {
      ran = true;
    })();
    await world.run(2);

    expect(ran).toBe(false);
  });

  it('rejects a run with the error that an event threw', async () => {
    const world = aWorld();
    world.after(1, () => {
      throw new Error('a bug');
    });

    await expect(world.run(2)).rejects.toThrow('a bug');
  });
});

describe('a process', () => {
  it('provides virtual time to RxJS', async () => {
    const world = aWorld();
    const process = new Process(world, 'p');
    const ticks: number[] = [];
    const ticking = timer(5, 10, process.timers.scheduler).subscribe(() => ticks.push(world.now));
    await world.run(30);
    ticking.unsubscribe();
    await world.run(100);

    expect(ticks).toEqual([5, 15, 25]);
  });

  it('receives nothing once it is killed', async () => {
    const world = aWorld();
    const process = new Process(world, 'p');
    let woke = false;
    void process.wait(10).then(() => {
      woke = true;
    });
    world.after(5, () => process.kill());
    await world.run(20);

    expect(woke).toBe(false);
  });

  it('receives everything in order once it is resumed', async () => {
    const world = aWorld();
    const process = new Process(world, 'p');
    const received: [string, number][] = [];
    process.after(2, () => received.push(['first', world.now]));
    process.after(3, () => received.push(['second', world.now]));
    world.after(1, () => process.stop());
    world.after(9, () => process.resume());
    await world.run(20);

    expect(received).toEqual([
      ['first', 9],
      ['second', 9],
    ]);
  });
});
