/**
 * Sends requests at a set rate whether or not answers come, over connections without pipelining, and times each from when
 * it was due. A client that waits for an answer before it sends the next one would leave out just those that a slow server
 * keeps waiting (coordinated omission).
 *
 * Run as a child process: it takes a `LoadOrder` by message and answers with `LoadReport`.
 */
import { connect, type Socket } from 'node:net';
import { quantile } from './spread.ts';

export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Due requests a second; without it each connection sends as soon as it has its answer, to find the capacity. */
  readonly perSecond?: number;
  /** Whole requests as they go over the wire, sent in turn. */
  readonly wires: readonly string[];
}

/** Milliseconds from when the request was due; `sent…`: from when it found a connection free and was sent. */
export interface Percentiles {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly sentP50Ms: number;
  readonly sentP99Ms: number;
}

export interface SecondReport {
  readonly accepted: Percentiles;
  readonly refused: Percentiles;
}

export interface LoadReport extends SecondReport {
  readonly due: number;
  /** Due, but all connections were waiting for answers until the end: neither accepted nor refused. */
  readonly unsent: number;
  readonly broken: number;
  /** Of the accepted and of those without an answer, each of which counts as a wait as long as the load and its grace. */
  readonly p99OfAllMs: number;
  readonly seconds: number;
  /** The most that a due request waited inside this very process because it was busy, not for a connection. */
  readonly lateMs: number;
  /** By the second in which the request was due. */
  readonly bySecond: readonly SecondReport[];
}

interface Answer {
  readonly dueAt: number;
  readonly tookMs: number;
  readonly sinceSentMs: number;
  readonly ok: boolean;
}

/** What is under way when the time is up may still be answered for so long: longer than the server's deadline. */
const GRACE_MS = 5000;

const HEAD_END = Buffer.from('\r\n\r\n');

class Connection {
  /** Resolves when it is made, or can't be. */
  readonly settled: Promise<unknown>;
  readonly #socket: Socket;
  readonly #onAnswer: (connection: Connection, ok: boolean) => void;
  #received: Buffer | undefined;
  dueAt = 0;
  sentAt = 0;

  constructor(port: number, onAnswer: (connection: Connection, ok: boolean) => void, onBroken: () => void) {
    this.#onAnswer = onAnswer;
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', onBroken);
    // Broken ones are over, too: they are counted, and not waited for.
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

  #take(chunk: Buffer): void {
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

async function run({ port, connections, seconds, perSecond, wires }: LoadOrder): Promise<LoadReport> {
  const answers: Answer[] = [];
  const idle: Connection[] = [];
  let broken = 0;
  let sent = 0;
  let lateMs = 0;
  let start = Number.POSITIVE_INFINITY;
  let end = Number.POSITIVE_INFINITY;
  let isOver = false;

  const dueNow = (now: number) =>
    perSecond === undefined ? Number.POSITIVE_INFINITY : Math.floor(((Math.min(now, end) - start) * perSecond) / 1000);
  const pump = (now: number) => {
    const due = dueNow(now);
    while (idle.length > 0 && sent < due && (perSecond !== undefined || now < end)) {
      const dueAt = perSecond === undefined ? now : start + (sent * 1000) / perSecond;
      // With a connection free before and after, only this process can have kept it waiting.
      if (idle.length > connections / 2) lateMs = Math.max(lateMs, now - dueAt);
      idle.pop()?.send(wires[sent % wires.length] as string, dueAt);
      sent += 1;
    }
  };
  const onAnswer = (connection: Connection, ok: boolean) => {
    const now = performance.now();
    const { dueAt, sentAt } = connection;
    answers.push({ dueAt, tookMs: now - dueAt, sinceSentMs: now - sentAt, ok });
    idle.push(connection);
    if (now < end) pump(now);
  };
  const all = Array.from({ length: connections }, () => new Connection(port, onAnswer, () => (broken += 1)));
  // Making a thousand connections takes a while, which is nobody's latency.
  await Promise.all(all.map(({ settled }) => settled));
  idle.push(...all);
  start = performance.now();
  end = start + seconds * 1000;

  await new Promise<void>((resolve) => {
    const tick = setInterval(() => {
      const now = performance.now();
      if (now < end) pump(now);
      else if (!isOver) {
        isOver = true;
        // What has become due since the tick before is not kept waiting by the server.
        pump(end);
      } else if (answers.length + broken >= sent || now > end + GRACE_MS) {
        clearInterval(tick);
        resolve();
      }
    }, 1);
  });
  for (const connection of all) connection.close();

  const due = perSecond === undefined ? sent : dueNow(end);
  const bySecond = Array.from({ length: Math.ceil(seconds) }, (_, second) =>
    summary(answers.filter(({ dueAt }) => Math.floor((dueAt - start) / 1000) === second)),
  );
  const unanswered = Array.from({ length: due - answers.length }, () => seconds * 1000 + GRACE_MS);
  const [, p99OfAllMs] = quantiles([...answers.filter(({ ok }) => ok).map(({ tookMs }) => tookMs), ...unanswered]);
  return { ...summary(answers), due, unsent: due - sent, broken, p99OfAllMs, seconds, lateMs, bySecond };
}

function summary(answers: readonly Answer[]): SecondReport {
  return {
    accepted: percentiles(answers.filter(({ ok }) => ok)),
    refused: percentiles(answers.filter(({ ok }) => !ok)),
  };
}

function percentiles(answers: readonly Answer[]): Percentiles {
  const [p50Ms, p99Ms] = quantiles(answers.map(({ tookMs }) => tookMs));
  const [sentP50Ms, sentP99Ms] = quantiles(answers.map(({ sinceSentMs }) => sinceSentMs));
  return { count: answers.length, p50Ms, p99Ms, sentP50Ms, sentP99Ms };
}

function quantiles(milliseconds: readonly number[]): readonly [p50: number, p99: number] {
  const sorted = Float64Array.from(milliseconds).sort();
  return [quantile(sorted, 0.5), quantile(sorted, 0.99)];
}

process.on('message', (order: LoadOrder) => {
  void run(order).then((report) => process.send?.(report));
});
