import { Fault } from '../../domain/errors.ts';
import { stockVersion } from '../../domain/stock.ts';
import type { ReserveAnswer, ReserveReply } from '../../ports/ticket-queue.ts';
import { ticketsIn } from './ticket-list.ts';

/** Outcomes of the whole batch, which reserve.lua returns in place of the tickets left. */
const UNKNOWN_SALE = -1;
const STALE = -2;

/** Outcomes of one purchase, which it returns in place of a ticket. */
const REFUSALS: Readonly<Record<number, ReserveAnswer>> = {
  [-1]: { kind: 'soldOut' },
  [-2]: { kind: 'notStarted' },
  [-3]: { kind: 'ended' },
  [-4]: { kind: 'closed' },
  [-5]: { kind: 'keyMismatch' },
  [-6]: { kind: 'paused' },
};

/** Reads the reply of reserve.lua, whose header has the format, to a caller of `epoch`. Errors: Fault `corrupt`. */
export function replyOf(raw: unknown, epoch: number, size: number): ReserveReply {
  const [head, second, now, ...answers] = raw as [number, number, number, ...(number | string)[]];
  if (head === UNKNOWN_SALE) return { kind: 'unknownSale' };
  if (head === STALE) return { kind: 'stale', epoch: second };
  if (answers.length !== size) throw malformed(`${answers.length} answers to ${size} purchases`);
  const stock = { remaining: head, version: stockVersion(epoch, second) };
  return { kind: 'answered', stock, answers: answers.map((answer) => answerOf(answer, now)) };
}

function answerOf(answer: number | string, now: number): ReserveAnswer {
  if (typeof answer === 'number') {
    if (answer > 0) return { kind: 'reserved', tickets: [answer], reservedAt: now };
    const refusal = REFUSALS[answer];
    if (refusal === undefined) throw malformed(String(answer));
    return refusal;
  }
  const [first = '', ...fields] = answer.slice(1).split(' ');
  if (answer.startsWith('+')) return { kind: 'reserved', tickets: ticketsIn(first), reservedAt: now };
  if (answer.startsWith('=')) return { kind: 'reserved', tickets: ticketsIn(first), reservedAt: Number(fields[0]) };
  if (answer.startsWith('<')) return { kind: 'notEnoughLeft', remaining: Number(first) };
  if (answer.startsWith('#')) return { kind: 'limitReached', orderIds: first === '' ? [] : first.split(',').sort() };
  if (answer.startsWith('!')) return { kind: 'tooManyAttempts', endsInMs: Number(first) };
  if (answer === '~') return { kind: 'tooManyOrders' };
  if (!answer.startsWith('*')) throw malformed(answer);
  const [list = '', reservedAt, published] = fields;
  return {
    kind: 'replayed',
    orderId: first,
    tickets: ticketsIn(list),
    reservedAt: Number(reservedAt),
    published: published === '1',
  };
}

function malformed(what: string): Fault {
  return new Fault('corrupt', `the reply of the reserve script is malformed: ${what}`);
}
