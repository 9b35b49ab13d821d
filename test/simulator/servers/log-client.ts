import { Observable } from 'rxjs';
import { decodeRecord } from '../../../src/adapters/log-codec.ts';
import type {
  ConsumeOptions,
  DeadLetter,
  DecodedDeadLetter,
  LogChunk,
  OrderLog,
} from '../../../src/ports/order-log.ts';
import type { Network, Server } from '../core/network.ts';
import type { Process } from '../core/process.ts';
import { Membership } from './log-member.ts';
import type { Broker } from './order-log.ts';

/** Time after which the broker reassigns the partitions of a dead member. */
const SESSION_TIMEOUT_MS = 2500;

/** The order log as one process sees it. */
export function logOf(process: Process, network: Network, server: Server, broker: Broker): OrderLog {
  const call = <T>(name: string, work: () => T, args?: unknown) =>
    network.call(process, server, name, async () => work(), args);
  return {
    append: (record) => call('append', () => broker.append(record), record),
    appendFence: (saleId, epoch) => call('appendFence', () => broker.appendFence(saleId, epoch), [saleId, epoch]),
    // Reflects the server's state without delay, unlike a real client.
    writable: () => server.up,
    lag: (group) => call('lag', () => broker.lag(group)),
    deadLetter: (letter) => call('deadLetter', () => void broker.letters.push(letter), letter),
    deadLetters: () => letters(broker),
    replayed: (letter) =>
      call('replayed', () => {
        for (const one of broker.letters) if (isSamePlace(one, letter)) broker.replayed.add(one);
      }),
    ping: () => call('ping', () => undefined),
    consume: (options) => consume(process, server, broker, options),
  };
}

function consume(process: Process, server: Server, broker: Broker, options: ConsumeOptions): Observable<LogChunk> {
  return new Observable<LogChunk>((subscriber) => {
    const member = new Membership(process, server, broker, options, (chunk) => subscriber.next(chunk));
    broker.join(options.group, member);
    process.onDeath(() => process.world.after(SESSION_TIMEOUT_MS, () => broker.leave(options.group, member)));
    return () => {
      member.end();
      if (process.alive) broker.leave(options.group, member);
    };
  });
}

async function* letters(broker: Broker): AsyncGenerator<DecodedDeadLetter> {
  for (const letter of broker.letters) {
    if (!broker.replayed.has(letter)) yield { ...letter, ...decodeRecord(letter.raw) };
  }
}

function isSamePlace(a: DeadLetter, b: DeadLetter): boolean {
  return a.group === b.group && a.partition === b.partition && a.offset === b.offset;
}
