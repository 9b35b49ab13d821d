import type { Internet } from '../actors/internet.ts';
import type { Bugs } from '../bugs.ts';
import { Process } from '../core/process.ts';
import type { World } from '../core/world.ts';
import type { RoleName, Scenario } from '../scenario.ts';
import type { DataCenter } from '../servers/data-center.ts';
import type { SimulatedEventBus } from '../servers/event-bus.ts';
import { startFront } from './front.ts';
import type { RoleParts } from './role.ts';
import { startScheduler } from './scheduler.ts';
import { startWorker } from './worker.ts';

export interface FleetParts {
  readonly world: World;
  readonly center: DataCenter;
  readonly internet: Internet;
  readonly eventBus: SimulatedEventBus;
  readonly bugs: Bugs;
  readonly scenario: Scenario;
  readonly onViolation: (text: string) => void;
}

/** The processes of all roles; one that was killed is started again under a name of its own. */
export class Fleet {
  readonly #places: { readonly role: RoleName; process: Process; lives: number }[] = [];

  constructor(private readonly parts: FleetParts) {
    const { fronts, workers, schedulers } = parts.scenario;
    const start = (role: RoleName, count: number) => {
      for (let n = 0; n < count; n += 1) {
        this.#places.push({ role, process: this.#start(role, `${role}${n}.0`), lives: 1 });
      }
    };
    start('front', fronts);
    start('worker', workers);
    start('scheduler', schedulers);
  }

  /** The process that has this place now. */
  find(role: RoleName, which: number): Process {
    const places = this.#places.filter((place) => place.role === role);
    const place = places[which % places.length];
    if (place === undefined) throw new RangeError(`there is no ${role}`);
    return place.process;
  }

  /** One that is dead already stays as it is. */
  kill(process: Process, forMs: number): void {
    const place = this.#places.find((taken) => taken.process === process);
    if (place === undefined || !process.alive) return;
    const { world } = this.parts;
    world.trace.note(world.now, process.name, 'is killed');
    process.kill();
    const name = `${process.name.split('.')[0]}.${place.lives}`;
    place.lives += 1;
    world.after(forMs, () => {
      world.trace.note(world.now, name, 'starts');
      place.process = this.#start(place.role, name);
    });
  }

  stop(process: Process, forMs: number): void {
    const { world } = this.parts;
    world.trace.note(world.now, process.name, 'is stopped');
    process.stop();
    world.after(forMs, () => {
      world.trace.note(world.now, process.name, 'goes on');
      process.goOn();
    });
  }

  #start(role: RoleName, name: string): Process {
    const { world, center, internet, eventBus: newsroom, bugs, scenario, onViolation } = this.parts;
    const process = new Process(world, name, Math.round(world.random.between(-scenario.skewMs, scenario.skewMs)));
    const parts: RoleParts = { process, ports: center.portsOf(process), eventBus: newsroom, bugs, onViolation };
    if (role === 'worker') startWorker(parts);
    if (role === 'scheduler') startScheduler(parts);
    if (role === 'front') {
      const front = startFront(parts);
      internet.fronts.add(front);
      process.onDeath(() => internet.fronts.delete(front));
    }
    return process;
  }
}
