import { once } from 'node:events';
import WebSocket from 'ws';
import type { Sample, Scenario, Setting, Stage, Verdict } from '../runner/scenario.ts';
import { AT_ONCE, FanoutAudience } from '../support/fanout-audience.ts';
import { FANOUT } from '../support/programs.ts';
import { serve } from '../support/serve.ts';

/** About what a sale's stock frame has. */
const BYTES = 200;
/** Of a frame from the server: 4 bytes up to a length of 65,535 (RFC 6455, section 5.2). */
const FRAME_BYTES = BYTES + 4;
/** Between two looks at the clock. */
const FRAMES = 20;

/** One frame to many sockets: handed to the system, in the server's own time. Every socket must get every byte, or it fails. */
class FanOut implements Stage {
  readonly processes = [];
  #frames = 0;

  constructor(private readonly setting: Setting) {}

  ceiling(seconds: number): Promise<Sample> {
    return this.#measure('bare', seconds);
  }

  subject(seconds: number): Promise<Sample> {
    return this.#measure('front', seconds);
  }

  async check(): Promise<readonly Verdict[]> {
    // A frame counts when its last byte has come to the last socket.
    return [{ ok: this.#frames > 0, what: `${this.#frames} frames, and every socket got every byte of them` }];
  }

  async close(): Promise<void> {}

  async #measure(name: 'bare' | 'front', seconds: number): Promise<Sample> {
    const { connections, profileDir } = this.setting;
    const nodeArgs = profileDir === undefined || name === 'bare' ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
    const server = await serve(FANOUT, { args: [name], nodeArgs });
    const audience = new FanoutAudience();
    const conductor = new WebSocket(`ws://127.0.0.1:${server.port}/live`);
    try {
      await once(conductor, 'open');
      // What the first sockets make the process load and grow is not theirs.
      const first = Math.min(AT_ONCE, Math.ceil(connections / 2));
      await audience.grow(server.port, first);
      const before = await server.memoryMb();
      await audience.grow(server.port, connections - first);
      const kilobytes = (((await server.memoryMb()) - before) * 1024) / (connections - first);
      // The first time only warms up.
      await this.#publish(conductor, audience);
      const end = performance.now() + seconds * 1000;
      let [ms, sent] = [0, 0];
      while (performance.now() < end) {
        ms += await this.#publish(conductor, audience);
        sent += FRAMES * connections;
      }
      return { perSecond: (sent * 1000) / ms, extra: { 'kB a socket': kilobytes } };
    } finally {
      conductor.terminate();
      audience.leave();
      await server.stop();
    }
  }

  /** Milliseconds that the server took. */
  async #publish(conductor: WebSocket, audience: FanoutAudience): Promise<number> {
    const told = new Promise<string>((resolve) => {
      const look = (data: Buffer): void => {
        const text = data.toString();
        if (!text.startsWith('{')) return;
        conductor.off('message', look);
        resolve(text);
      };
      conductor.on('message', look);
    });
    conductor.send(`go ${FRAMES} ${BYTES}`);
    const { ms } = JSON.parse(await told) as { readonly ms: number };
    await audience.received(FRAMES * FRAME_BYTES);
    this.#frames += FRAMES;
    return ms;
  }
}

export const fanOutScenario: Scenario = {
  name: 'fan-out',
  shows:
    'a frame of 200 bytes published to every socket through the WebSocket adapter; views and conflation are not in it',
  on: 'alone',
  unit: 'frames to a socket',
  ceiling: 'bare uWebSockets.js publish',
  connections: [10_000],
  open: async (setting) => new FanOut(setting),
};
