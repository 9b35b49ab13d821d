import { once } from 'node:events';
import WebSocket from 'ws';
import type { RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import { FanoutSubscribers } from '../support/fanout-subscribers.ts';
import { profileArgs } from '../support/floodgate.ts';
import { serve } from '../support/serve.ts';
import { OPENED_AT_ONCE } from '../support/web-socket-wire.ts';

const FANOUT_SERVER = new URL('../support/fanout-server.js', import.meta.url);

/** About the size of a sale's stock frame. */
const BYTES = 200;
/** With the header of a server's frame, 4 bytes for lengths up to 65,535 (RFC 6455, section 5.2). */
const FRAME_BYTES = BYTES + 4;
/** Published between two readings of the clock. */
const FRAMES = 20;

/** Publishes frames to many sockets and takes the server's own time. It fails unless every socket receives every byte. */
class FanOut implements RunningScenario {
  readonly processes = [];
  #frames = 0;

  constructor(private readonly options: ScenarioOptions) {}

  ceiling(seconds: number): Promise<Sample> {
    return this.#measure('bare', seconds);
  }

  subject(seconds: number): Promise<Sample> {
    return this.#measure('front', seconds);
  }

  async check(): Promise<readonly Verdict[]> {
    // A frame is counted once its last byte has reached the last socket.
    return [{ ok: this.#frames > 0, what: `${this.#frames} frames, all received completely by every socket` }];
  }

  async close(): Promise<void> {}

  async #measure(name: 'bare' | 'front', seconds: number): Promise<Sample> {
    const { connections, profileDir } = this.options;
    const nodeArgs = profileArgs(name === 'bare' ? undefined : profileDir);
    const server = await serve(FANOUT_SERVER, { args: [name], nodeArgs });
    const subscribers = new FanoutSubscribers();
    const control = new WebSocket(`ws://127.0.0.1:${server.port}/live`);
    try {
      await once(control, 'open');
      // Memory a socket is measured without the first ones, which make the process load code and grow its pools.
      const first = Math.min(OPENED_AT_ONCE, Math.ceil(connections / 2));
      await subscribers.add(server.port, first);
      const before = await server.memoryMb();
      await subscribers.add(server.port, connections - first);
      const kilobytes = (((await server.memoryMb()) - before) * 1024) / (connections - first);
      // Warm-up.
      await this.#publish(control, subscribers);
      const end = performance.now() + seconds * 1000;
      let [ms, sent] = [0, 0];
      while (performance.now() < end) {
        ms += await this.#publish(control, subscribers);
        sent += FRAMES * connections;
      }
      return { perSecond: (sent * 1000) / ms, extra: { 'kB a socket': kilobytes } };
    } finally {
      control.terminate();
      subscribers.close();
      await server.stop();
    }
  }

  /** Milliseconds that the server needed. */
  async #publish(control: WebSocket, subscribers: FanoutSubscribers): Promise<number> {
    const reply = new Promise<string>((resolve) => {
      const onMessage = (data: Buffer): void => {
        const text = data.toString();
        if (!text.startsWith('{')) return;
        control.off('message', onMessage);
        resolve(text);
      };
      control.on('message', onMessage);
    });
    control.send(`go ${FRAMES} ${BYTES}`);
    const { ms } = JSON.parse(await reply) as { readonly ms: number };
    await subscribers.received(FRAMES * FRAME_BYTES);
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
  ownLoad: true,
  open: async (options) => new FanOut(options),
};
