import type { LiveSettings } from '../../../src/domain/live-settings.ts';
import type { Settings } from '../../../src/roles/settings.ts';
import type { Internet } from '../actors/internet.ts';
import type { Bugs } from '../bugs.ts';
import { Process } from '../core/process.ts';
import type { World } from '../core/world.ts';
import type { RoleName, Scenario } from '../scenario.ts';
import type { DataCenter } from '../servers/data-center.ts';
import { startSimulatedFront } from './front.ts';
import { plantInSettingsStore } from './planted.ts';
import { type RoleParts, startSettings } from './role.ts';
import { startSimulatedScheduler } from './scheduler.ts';
import { startSimulatedWorker } from './worker.ts';

export interface FleetParts {
  readonly world: World;
  readonly center: DataCenter;
  readonly internet: Internet;
  readonly bugs: Bugs;
  readonly scenario: Scenario;
  readonly onViolation: (text: string) => void;
}

/** The processes of all roles; one that was killed is started again under a name of its own. */
export class Fleet {
  readonly #settings = new Map<Process, Settings>();
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

  /** Versions of the settings that living processes work by, by process name. */
  settings(): ReadonlyMap<string, LiveSettings> {
    return new Map(
      this.#places.flatMap(({ process }) => {
        const settings = this.#settings.get(process);
        return process.alive && settings !== undefined ? [[process.name, settings.current()] as const] : [];
      }),
    );
  }

  #start(role: RoleName, name: string): Process {
    const { world, center, bugs, scenario, onViolation } = this.parts;
    const process = new Process(world, name, Math.round(world.random.between(-scenario.skewMs, scenario.skewMs)));
    void this.#run(role, { process, ports: center.portsOf(process), bugs, onViolation });
    return process;
  }

  async #run(role: RoleName, parts: RoleParts): Promise<void> {
    const { internet } = this.parts;
    const { process } = parts;
    const settings = await startSettings({ ...parts, ports: plantInSettingsStore(parts, role) });
    this.#settings.set(process, settings);
    if (role === 'worker') startSimulatedWorker(parts, settings);
    if (role === 'scheduler') startSimulatedScheduler(parts);
    if (role !== 'front') return;
    const front = await startSimulatedFront(parts, settings);
    internet.fronts.add(front);
    process.onDeath(() => internet.fronts.delete(front));
  }
}
