/**
 * Fan-out of published frames to many sockets: the front's against a bare uWebSockets.js server's, and the memory that a
 * subscribed socket costs each. The front is to reach 0.85 of the bare one, and to stay under 12 kB a socket.
 *
 *   npm run build && node dist/bench/live-fanout.js [--sockets 10000] [--frames 100] [--bytes 200] [--rounds 3] [--turns 3]
 *
 * Two processes, this one is the audience; it needs as many open files as sockets (ulimit -n). The rate counts frames
 * handed to the system in the server's own time. The result is checked: every socket got every byte.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';
import { median } from './support/median.ts';
import { type ServerProcess, serve } from './support/serve.ts';

const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '10000' },
    frames: { type: 'string', default: '100' },
    bytes: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    turns: { type: 'string', default: '3' },
  },
});
const SOCKETS = Number(values.sockets);
const FRAMES = Number(values.frames);
const BYTES = Number(values.bytes);
const ROUNDS = Number(values.rounds);
const TURNS = Number(values.turns);

const SERVER = new URL('./support/fanout-server.js', import.meta.url);
const UPGRADE =
  'GET /live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
/** Opened at a time: fewer than a listen backlog holds. */
const AT_ONCE = 100;
/** Of a frame from the server: 2 bytes up to a length of 125, 4 up to 65,535 (RFC 6455, section 5.2). */
const FRAME_BYTES = BYTES + (BYTES > 125 ? 4 : 2);

/** Sockets that only count what they get: they share one buffer, so that the audience is no heavier than it has to be. */
class Audience {
  readonly #sockets: Socket[] = [];
  #received = 0;
  #told = (): void => {};

  async grow(port: number, count: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(64 * 1024);
    for (let opened = 0; opened < count; opened += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, count - opened) }, () => this.#open(port, buffer));
      this.#sockets.push(...(await Promise.all(batch)));
    }
  }

  /** Resolves when so many bytes have come since the last call. */
  async received(bytes: number): Promise<void> {
    while (this.#received < bytes) {
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
    if (this.#received !== bytes) throw new Error(`${this.#received} bytes came instead of ${bytes}`);
    this.#received = 0;
  }

  leave(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(port: number, buffer: Buffer): Promise<Socket> {
    return new Promise((resolve, reject) => {
      let upgraded = false;
      const socket = connect({
        port,
        host: '127.0.0.1',
        onread: {
          buffer,
          callback: (length) => {
            if (upgraded) this.#received += length;
            else resolve(socket);
            upgraded = true;
            this.#told();
            return true;
          },
        },
      });
      socket.on('error', reject);
      socket.write(UPGRADE);
    });
  }
}

interface Figures {
  readonly framesPerSecond: number;
  /** Microseconds of the server for each frame to each socket: says more than the rate on a busy machine. */
  readonly cpuUs: number;
}

class Subject {
  readonly figures: Figures[] = [];
  bytesPerSocket = 0;
  readonly #audience = new Audience();

  private constructor(
    readonly name: string,
    private readonly server: ServerProcess,
    private readonly conductor: WebSocket,
  ) {}

  static async start(name: 'bare' | 'front'): Promise<Subject> {
    const server = await serve(SERVER, { args: [name] });
    const conductor = new WebSocket(`ws://127.0.0.1:${server.port}/live`);
    await once(conductor, 'open');
    const subject = new Subject(name, server, conductor);
    // What the first sockets make the process load and grow is not theirs.
    await subject.#audience.grow(server.port, AT_ONCE);
    const before = await server.memoryMb();
    await subject.#audience.grow(server.port, SOCKETS - AT_ONCE);
    subject.bytesPerSocket = ((await server.memoryMb()) - before) * (1024 ** 2 / (SOCKETS - AT_ONCE));
    return subject;
  }

  async round(): Promise<void> {
    const result = new Promise<string>((resolve) => {
      const look = (data: Buffer): void => {
        const text = data.toString();
        if (!text.startsWith('{')) return;
        this.conductor.off('message', look);
        resolve(text);
      };
      this.conductor.on('message', look);
    });
    this.conductor.send(`go ${FRAMES} ${BYTES}`);
    const { ms, cpuMs } = JSON.parse(await result) as { readonly ms: number; readonly cpuMs: number };
    await this.#audience.received(SOCKETS * FRAMES * FRAME_BYTES);
    const sent = SOCKETS * FRAMES;
    this.figures.push({ framesPerSecond: (sent / ms) * 1_000, cpuUs: (cpuMs * 1_000) / sent });
  }

  async stop(): Promise<void> {
    this.conductor.terminate();
    this.#audience.leave();
    await this.server.stop();
  }
}

async function measure(name: 'bare' | 'front'): Promise<Subject> {
  const subject = await Subject.start(name);
  // The first one only warms up.
  await subject.round();
  subject.figures.length = 0;
  for (let round = 0; round < ROUNDS; round += 1) await subject.round();
  await subject.stop();
  return subject;
}

interface Summary extends Figures {
  readonly bytesPerSocket: number;
}

function summaryOf(subjects: readonly Subject[]): Summary {
  const figures = subjects.flatMap((subject) => subject.figures);
  return {
    framesPerSecond: median(figures.map(({ framesPerSecond }) => framesPerSecond)),
    cpuUs: median(figures.map(({ cpuUs }) => cpuUs)),
    bytesPerSocket: median(subjects.map(({ bytesPerSocket }) => bytesPerSocket)),
  };
}

/** In turns, so that what else the machine does meets both. */
const bares: Subject[] = [];
const fronts: Subject[] = [];
for (let turn = 0; turn < TURNS; turn += 1) {
  bares.push(await measure('bare'));
  fronts.push(await measure('front'));
}
const bare = summaryOf(bares);
const front = summaryOf(fronts);
for (const [name, { framesPerSecond, cpuUs, bytesPerSocket }] of Object.entries({ bare, front })) {
  console.log(
    `${name}: ${Math.round(framesPerSecond)} frames/s to ${SOCKETS} sockets, cpu ${cpuUs.toFixed(2)} us a frame, ` +
      `${Math.round(bytesPerSocket)} bytes a socket`,
  );
}
const rate = (front.framesPerSecond / bare.framesPerSecond).toFixed(2);
const cpu = (bare.cpuUs / front.cpuUs).toFixed(2);
console.log(`the front publishes at ${rate} of the bare server's rate, and ${cpu} of its frames for the same cpu time`);
