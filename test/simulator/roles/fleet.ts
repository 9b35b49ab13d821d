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

/** The processes of all roles; a killed one is restarted under a new name. */
export class Fleet {
  readonly #settings = new Map<Process, Settings>();
  readonly #slots: { readonly role: RoleName; process: Process; starts: number }[] = [];

  constructor(private readonly parts: FleetParts) {
    const { fronts, workers, schedulers } = parts.scenario;
    const start = (role: RoleName, count: number) => {
      for (let n = 0; n < count; n += 1) {
        this.#slots.push({ role, process: this.#start(role, `${role}${n}.0`), starts: 1 });
      }
    };
    start('front', fronts);
    start('worker', workers);
    start('scheduler', schedulers);
  }

  /** The process currently in this slot. */
  find(role: RoleName, which: number): Process {
    const slots = this.#slots.filter((slot) => slot.role === role);
    const slot = slots[which % slots.length];
    if (slot === undefined) throw new RangeError(`there is no ${role}`);
    return slot.process;
  }

  /** No effect on a dead process. */
  kill(process: Process, forMs: number): void {
    const slot = this.#slots.find((candidate) => candidate.process === process);
    if (slot === undefined || !process.alive) return;
    const { world } = this.parts;
    world.trace.note(world.now, process.name, 'is killed');
    process.kill();
    const name = `${process.name.split('.')[0]}.${slot.starts}`;
    slot.starts += 1;
    world.after(forMs, () => {
      world.trace.note(world.now, name, 'starts');
      slot.process = this.#start(slot.role, name);
    });
  }

  stop(process: Process, forMs: number): void {
    const { world } = this.parts;
    world.trace.note(world.now, process.name, 'is stopped');
    process.stop();
    world.after(forMs, () => {
      world.trace.note(world.now, process.name, 'resumes');
      process.resume();
    });
  }

  /** The settings that live processes use, by process name. */
  settings(): ReadonlyMap<string, LiveSettings> {
    return new Map(
      this.#slots.flatMap(({ process }) => {
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
