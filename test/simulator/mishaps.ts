import type { World } from './core/world.ts';
import type { Fleet } from './roles/fleet.ts';
import type { Mishap, Scenario } from './scenario.ts';
import type { DataCenter } from './servers/data-center.ts';

const SLOW = 60;

/** Lets happen what the scenario has in store. */
export function planMishaps(world: World, { mishaps }: Scenario, fleet: Fleet, { servers }: DataCenter): void {
  const happen = (mishap: Mishap) => {
    switch (mishap.kind) {
      case 'kill':
        return fleet.kill(mishap.role, mishap.which, mishap.forMs);
      case 'stop':
        return fleet.stop(mishap.role, mishap.which, mishap.forMs);
      case 'away': {
        const server = servers[mishap.server];
        world.trace.note(world.now, server.name, 'is away');
        server.up = false;
        return void world.after(mishap.forMs, () => {
          world.trace.note(world.now, server.name, 'is back');
          server.up = true;
        });
      }
      case 'slow': {
        const server = servers[mishap.server];
        world.trace.note(world.now, server.name, 'is slow');
        server.slowness = SLOW;
        return void world.after(mishap.forMs, () => {
          server.slowness = 1;
        });
      }
    }
  };
  for (const mishap of mishaps) world.after(mishap.at, () => happen(mishap));
}
