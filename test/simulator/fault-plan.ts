import type { World } from './core/world.ts';
import type { Fleet } from './roles/fleet.ts';
import type { PlannedFault, Scenario } from './scenario.ts';
import type { DataCenter } from './servers/data-center.ts';

const SLOW = 60;
/**
 * Delay from a targeted fault to the repeated call, and to the restart of the queue; and the duration of the restart.
 */
const FOLLOW_UP_MS = [0, 30] as const;
const RESTART_MS = [20, 300] as const;

/** Schedules the faults of the scenario. */
export function scheduleFaults(
  world: World,
  { faults, targetedFaults, healAt }: Scenario,
  fleet: Fleet,
  center: DataCenter,
): void {
  const { servers, network } = center;
  const note = (who: string, what: string) => world.trace.note(world.now, who, what);
  const later = (ms: number, task: () => void) => void world.after(ms, task);

  const restart = (lost: number, forMs: number) => {
    note('queue', `is down and loses its last ${lost} changes`);
    servers.queue.up = false;
    later(forMs, () => {
      note('queue', 'is back');
      center.queue.memory.restart(lost);
      servers.queue.up = true;
    });
  };

  const inject = (fault: PlannedFault) => {
    switch (fault.kind) {
      case 'kill':
      case 'stop':
        return fleet[fault.kind](fleet.find(fault.role, fault.which), fault.forMs);
      case 'down':
      case 'slow': {
        const server = servers[fault.server];
        note(server.name, `is ${fault.kind}`);
        if (fault.kind === 'down') server.up = false;
        else server.slowness = SLOW;
        return later(fault.forMs, () => {
          note(server.name, 'is back');
          if (fault.kind === 'down') server.up = true;
          else server.slowness = 1;
        });
      }
      case 'cut': {
        const [process, server] = [fleet.find(fault.role, fault.which), servers[fault.server]];
        note(process.name, `is cut off from ${server.name}`);
        network.cut(process, server, fault.how);
        return later(fault.forMs, () => network.cut(process, server, undefined));
      }
      case 'restart':
        return restart(fault.lost, fault.forMs);
      case 'flush':
        note('queue', 'loses everything');
        return center.queue.memory.flush();
      case 'tamper':
        note('queue', `loses its last ${fault.lost} changes, undetected`);
        return center.queue.memory.rewind(fault.lost);
    }
  };
  for (const fault of faults) later(fault.at, () => inject(fault));

  const waiting = targetedFaults.map((targeted) => ({ ...targeted, seen: 0 }));
  network.onExecuted = (what, caller, again) => {
    if (world.now > healAt) return;
    for (const targeted of waiting) {
      if (targeted.call !== what) continue;
      targeted.seen += 1;
      if (targeted.seen !== targeted.nth) continue;
      if (targeted.caller !== 'spare') fleet[targeted.caller](caller, targeted.forMs);
      const { lost } = targeted;
      if (targeted.doubled) later(world.random.between(...FOLLOW_UP_MS), again);
      if (lost === undefined) continue;
      later(world.random.between(...FOLLOW_UP_MS), () => restart(lost, world.random.between(...RESTART_MS)));
    }
  };
}
