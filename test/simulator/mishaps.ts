import type { World } from './core/world.ts';
import type { Fleet } from './roles/fleet.ts';
import type { Mishap, Scenario } from './scenario.ts';
import type { DataCenter } from './servers/data-center.ts';

const SLOW = 60;

/** Lets happen what the scenario has in store. */
export function planMishaps(world: World, { mishaps }: Scenario, fleet: Fleet, { servers, queue }: DataCenter): void {
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
      case 'restart':
        world.trace.note(world.now, 'queue', `is away and loses its last ${mishap.lost} changes`);
        servers.queue.up = false;
        return void world.after(mishap.forMs, () => {
          world.trace.note(world.now, 'queue', 'is back');
          queue.restart(mishap.lost);
          servers.queue.up = true;
        });
      case 'flush':
        world.trace.note(world.now, 'queue', 'loses everything');
        return queue.flush();
      case 'tamper':
        world.trace.note(world.now, 'queue', `loses its last ${mishap.lost} changes, and nobody notices`);
        return queue.rewind(mishap.lost);
    }
  };
  for (const mishap of mishaps) world.after(mishap.at, () => happen(mishap));
}
