import type { Network } from '../core/network.ts';
import type { World } from '../core/world.ts';
import type { Answer, SimulatedFront } from '../roles/front.ts';

/** A client closes its connection after this long without an answer. */
const HANG_UP_MS = 4000;

/** The network path from clients to the fronts. */
export class Internet {
  /** The fronts that are listening. */
  readonly fronts = new Set<SimulatedFront>();

  constructor(
    private readonly world: World,
    private readonly network: Network,
  ) {}

  /** Undefined if no answer arrived: no front listened, or the request or its answer was lost. */
  request(who: string, what: string, ask: (front: SimulatedFront) => Promise<Answer>): Promise<Answer | undefined> {
    const { world } = this;
    const { random, trace } = world;
    const { lost, unanswered, latencyMs } = this.network.conditions;
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
