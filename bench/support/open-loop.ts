/**
 * Open-loop load generator: sends requests at a fixed rate whether or not answers arrive, over connections without
 * pipelining, and counts each latency from when the request was due. A client that waits for an answer before it sends the
 * next request would omit exactly those that a slow server delays (coordinated omission).
 *
 * Runs as a child process: it receives `OpenLoopOptions` as a message and replies with an `OpenLoopReport`.
 */
import { connect, type Socket } from 'node:net';
import { quantile } from './statistics.ts';

export interface OpenLoopOptions {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Due requests a second. Without it the loop is closed: each connection sends as soon as it has its answer. */
  readonly perSecond?: number;
  /** Whole requests as they are written to the socket, sent in turn. */
  readonly wires: readonly string[];
}

/** Milliseconds since the request was due; `sent…`: since a connection was free and it was sent. */
export interface Percentiles {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly sentP50Ms: number;
  readonly sentP99Ms: number;
}

export interface AnswerReport {
  readonly accepted: Percentiles;
  readonly refused: Percentiles;
}

export interface OpenLoopReport extends AnswerReport {
  readonly due: number;
  /** Due, but every connection was waiting for an answer until the end: neither accepted nor refused. */
  readonly unsent: number;
  readonly broken: number;
  /** Over accepted and unanswered requests; one without an answer counts as the length of the load and its grace period. */
  readonly ofAll: Pick<Percentiles, 'p50Ms' | 'p99Ms' | 'p999Ms'>;
  readonly seconds: number;
  /** The longest that a due request was delayed by this process being busy, not by the lack of a connection. */
  readonly lateMs: number;
  readonly generator: GeneratorReport;
  /** By the second in which the request was due. */
  readonly bySecond: readonly AnswerReport[];
}

/** What the generator itself adds to the latencies. */
export interface GeneratorReport {
  /** Share of the load's time in which its event loop had work: near 1 it sends late and reads answers late. */
  readonly busy: number;
  /**
   * p99 over all requests of the part of their latency in which the generator was not running: waiting for a core, or busy
   * with others. It reads answers as late as it sends requests.
   */
  readonly lagP99Ms: number;
}

interface Answer {
  readonly dueAt: number;
  readonly tookMs: number;
  readonly sinceSentMs: number;
  readonly ok: boolean;
}

/** How long requests in flight at the end may still be answered: longer than the server's deadline. */
const GRACE_MS = 5000;

const HEAD_END = Buffer.from('\r\n\r\n');

class Connection {
  /** Resolves when the connection is established or has failed. */
  readonly settled: Promise<unknown>;
  readonly #socket: Socket;
  readonly #onAnswer: (connection: Connection, ok: boolean) => void;
  #received: Buffer | undefined;
  dueAt = 0;
  sentAt = 0;

  constructor(port: number, onAnswer: (connection: Connection, ok: boolean) => void, onBroken: () => void) {
    this.#onAnswer = onAnswer;
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', onBroken);
    // Failed ones settle, too: they are counted, and not waited for.
    this.settled = new Promise((resolve) => this.#socket.once('connect', resolve).once('error', resolve));
  }

  send(wire: string, dueAt: number): void {
    this.dueAt = dueAt;
    this.sentAt = performance.now();
    this.#socket.write(wire, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#received === undefined ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd >= 0) {
      const head = bytes.toString('latin1', 0, headEnd);
      const bodyBytes = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (bytes.length >= headEnd + HEAD_END.length + bodyBytes) {
        this.#received = undefined;
        this.#onAnswer(this, head.startsWith('HTTP/1.1 2'));
        return;
      }
    }
    this.#received = bytes;
  }
}

class OpenLoop {
  readonly #options: OpenLoopOptions;
  readonly #answers: Answer[] = [];
  readonly #lags: number[] = [];
  readonly #idle: Connection[] = [];
  #broken = 0;
  #sent = 0;
  #ranAt = 0;
  #lateMs = 0;
  #start = Number.POSITIVE_INFINITY;
  #end = Number.POSITIVE_INFINITY;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
  }

  async run(): Promise<OpenLoopReport> {
    const { port, connections, seconds } = this.#options;
    const all = Array.from(
      { length: connections },
      () =>
        new Connection(
          port,
          (connection, ok) => this.#onAnswer(connection, ok),
          () => {
            this.#broken += 1;
          },
        ),
    );
    // Opening a thousand connections takes a while, which is not the latency of a request.
    await Promise.all(all.map(({ settled }) => settled));
    this.#idle.push(...all);
    const before = performance.eventLoopUtilization();
    this.#start = performance.now();
    this.#end = this.#start + seconds * 1000;
    let busy = 0;
    await this.#sendAll(() => {
      busy = performance.eventLoopUtilization(before).utilization;
    });
    for (const connection of all) connection.close();
    const [, lagP99Ms] = quantiles(this.#lags);
    return this.#report({ busy, lagP99Ms });
  }

  #dueBy(now: number): number {
    const { perSecond } = this.#options;
    if (perSecond === undefined) return Number.POSITIVE_INFINITY;
    return Math.floor(((Math.min(now, this.#end) - this.#start) * perSecond) / 1000);
  }

  #sendDue(now: number): void {
    const { perSecond, connections, wires } = this.#options;
    const due = this.#dueBy(now);
    while (this.#idle.length > 0 && this.#sent < due && (perSecond !== undefined || now < this.#end)) {
      const dueAt = perSecond === undefined ? now : this.#start + (this.#sent * 1000) / perSecond;
      // With most connections free, only this process can have delayed the request.
      if (this.#idle.length > connections / 2) this.#lateMs = Math.max(this.#lateMs, now - dueAt);
      // What became due since the last run could not be sent earlier, however many connections were free.
      this.#lags.push(now - Math.max(dueAt, this.#ranAt));
      this.#idle.pop()?.send(wires[this.#sent % wires.length] as string, dueAt);
      this.#sent += 1;
    }
    this.#ranAt = now;
  }

  #onAnswer(connection: Connection, ok: boolean): void {
    const now = performance.now();
    const { dueAt, sentAt } = connection;
    this.#answers.push({ dueAt, tookMs: now - dueAt, sinceSentMs: now - sentAt, ok });
    this.#idle.push(connection);
    if (now < this.#end) this.#sendDue(now);
  }

  /** Resolves when the time is up and every request is answered, or the grace period is over. */
  #sendAll(onEnd: () => void): Promise<void> {
    let isOver = false;
    return new Promise((resolve) => {
      const tick = setInterval(() => {
        const now = performance.now();
        if (now < this.#end) this.#sendDue(now);
        else if (!isOver) {
          isOver = true;
          onEnd();
          // Requests that became due since the last tick were not delayed by the server.
          this.#sendDue(this.#end);
        } else if (this.#answers.length + this.#broken >= this.#sent || now > this.#end + GRACE_MS) {
          clearInterval(tick);
          resolve();
        }
      }, 1);
    });
  }

  #report(generator: GeneratorReport): OpenLoopReport {
    const { seconds, perSecond } = this.#options;
    const answers = this.#answers;
    const due = perSecond === undefined ? this.#sent : this.#dueBy(this.#end);
    const bySecond = Array.from({ length: Math.ceil(seconds) }, (_, second) =>
      answerReport(answers.filter(({ dueAt }) => Math.floor((dueAt - this.#start) / 1000) === second)),
    );
    const unanswered = Array.from({ length: due - answers.length }, () => seconds * 1000 + GRACE_MS);
    const [p50Ms, p99Ms, p999Ms] = quantiles([
      ...answers.filter(({ ok }) => ok).map(({ tookMs }) => tookMs),
      ...unanswered,
    ]);
    return {
      ...answerReport(answers),
      due,
      unsent: due - this.#sent,
      broken: this.#broken,
      ofAll: { p50Ms, p99Ms, p999Ms },
      seconds,
      lateMs: this.#lateMs,
      generator,
      bySecond,
    };
  }
}

function answerReport(answers: readonly Answer[]): AnswerReport {
  return {
    accepted: percentiles(answers.filter(({ ok }) => ok)),
    refused: percentiles(answers.filter(({ ok }) => !ok)),
  };
}

function percentiles(answers: readonly Answer[]): Percentiles {
  const [p50Ms, p99Ms, p999Ms] = quantiles(answers.map(({ tookMs }) => tookMs));
  const [sentP50Ms, sentP99Ms] = quantiles(answers.map(({ sinceSentMs }) => sinceSentMs));
  return { count: answers.length, p50Ms, p99Ms, p999Ms, sentP50Ms, sentP99Ms };
}

function quantiles(milliseconds: readonly number[]): readonly [p50: number, p99: number, p999: number] {
  const sorted = Float64Array.from(milliseconds).sort();
  return [quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 0.999)];
}

process.on('message', (options: OpenLoopOptions) => {
  void new OpenLoop(options).run().then((report) => process.send?.(report));
});
