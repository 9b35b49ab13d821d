import type { World } from './core/world.ts';
import type { Fleet } from './roles/fleet.ts';
import type { PlannedFault, Scenario } from './scenario.ts';
import type { DataCenter } from './servers/data-center.ts';

const SLOW = 60;
/** From an ambush to the repeated call, and to the restart of the queue; and how long that takes. */
const STRIKE_MS = [0, 30] as const;
const RESTART_MS = [20, 300] as const;

/** Lets happen what the scenario has in store. */
export function scheduleFaults(
  world: World,
  { faults: mishaps, ambushes, healAt }: Scenario,
  fleet: Fleet,
  center: DataCenter,
): void {
  const { servers, network } = center;
  const note = (who: string, what: string) => world.trace.note(world.now, who, what);
  const later = (ms: number, task: () => void) => void world.after(ms, task);

  const restart = (lost: number, forMs: number) => {
    note('queue', `is away and loses its last ${lost} changes`);
    servers.queue.up = false;
    later(forMs, () => {
      note('queue', 'is back');
      center.queue.memory.restart(lost);
      servers.queue.up = true;
    });
  };

  const happen = (mishap: PlannedFault) => {
    switch (mishap.kind) {
      case 'kill':
      case 'stop':
        return fleet[mishap.kind](fleet.find(mishap.role, mishap.which), mishap.forMs);
      case 'away':
      case 'slow': {
        const server = servers[mishap.server];
        note(server.name, `is ${mishap.kind}`);
        if (mishap.kind === 'away') server.up = false;
        else server.slowness = SLOW;
        return later(mishap.forMs, () => {
          note(server.name, 'is back');
          if (mishap.kind === 'away') server.up = true;
          else server.slowness = 1;
        });
      }
      case 'cut': {
        const [process, server] = [fleet.find(mishap.role, mishap.which), servers[mishap.server]];
        note(process.name, `is cut off from ${server.name}`);
        network.cut(process, server, mishap.how);
        return later(mishap.forMs, () => network.cut(process, server, undefined));
      }
      case 'restart':
        return restart(mishap.lost, mishap.forMs);
      case 'flush':
        note('queue', 'loses everything');
        return center.queue.memory.flush();
      case 'tamper':
        note('queue', `loses its last ${mishap.lost} changes, and nobody notices`);
        return center.queue.memory.rewind(mishap.lost);
    }
  };
  for (const mishap of mishaps) later(mishap.at, () => happen(mishap));

  const waiting = ambushes.map((ambush) => ({ ...ambush, seen: 0 }));
  network.onExecuted = (what, caller, again) => {
    if (world.now > healAt) return;
    for (const ambush of waiting) {
      if (ambush.call !== what) continue;
      ambush.seen += 1;
      if (ambush.seen !== ambush.nth) continue;
      if (ambush.caller !== 'spare') fleet[ambush.caller](caller, ambush.forMs);
      const { lost } = ambush;
      if (ambush.doubled) later(world.random.between(...STRIKE_MS), again);
      if (lost === undefined) continue;
      later(world.random.between(...STRIKE_MS), () => restart(lost, world.random.between(...RESTART_MS)));
    }
  };
}
