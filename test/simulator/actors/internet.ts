import type { Network } from '../core/network.ts';
import type { World } from '../core/world.ts';
import type { Answer, SimulatedFront } from '../roles/front.ts';

/** A client that has heard nothing for so long hangs up. */
const HANG_UP_MS = 4000;

/** The way from people to some front. */
export class Internet {
  /** Those that listen now. */
  readonly fronts = new Set<SimulatedFront>();

  constructor(
    private readonly world: World,
    private readonly network: Network,
  ) {}

  /** Undefined when no answer came: nobody listened, or the request or its answer was lost. */
  request(who: string, what: string, ask: (front: SimulatedFront) => Promise<Answer>): Promise<Answer | undefined> {
    const { world } = this;
    const { random, trace } = world;
    const { lost, unanswered, latencyMs } = this.network.weather;
    const latency = () => random.between(...latencyMs);
    const fronts = [...this.fronts];
    return new Promise((resolve) => {
      trace.note(world.now, who, `> ${what}`);
      const finish = (answer: Answer | undefined) => {
        trace.note(world.now, who, `= ${what} ${answer?.status ?? 'nothing'}`, () => answer?.body);
        resolve(answer);
      };
      const dice = random.next();
      if (fronts.length === 0) {
        world.after(latency(), () => finish(undefined));
        return;
      }
      const front = random.pick(fronts);
      const { process } = front;
      const cancel = world.after(HANG_UP_MS, () => finish(undefined));
      process.onDeath(() => {
        cancel();
        world.after(latency(), () => finish(undefined));
      });
      if (dice < lost) return;
      world.after(latency(), () =>
        process.deliver(() => {
          void ask(front).then((answer) => {
            if (dice < lost + unanswered || !process.alive) return;
            world.after(latency(), () => {
              cancel();
              finish(answer);
            });
          });
        }),
      );
    });
  }
}
