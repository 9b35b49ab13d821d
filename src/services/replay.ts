import type { ReservationsRecord } from '../domain/log-record.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { DecodedDeadLetter, OrderLog } from '../ports/order-log.ts';
import type { OrderStore } from '../ports/order-store.ts';

export interface ReplayPorts {
  readonly log: Pick<OrderLog, 'deadLetters' | 'append' | 'replayed'>;
  readonly store: Pick<OrderStore, 'fences'>;
  readonly catalogue: Pick<Catalogue, 'sale'>;
}

/** What is done with a dead letter. */
export type ReplayStep =
  /** Its record is appended to the log. */
  | { readonly action: 'append'; readonly letter: DecodedDeadLetter; readonly record: ReservationsRecord }
  /** It stays a dead letter. */
  | { readonly action: 'keep'; readonly letter: DecodedDeadLetter; readonly why: string };

/** The steps of a replay, oldest letter first, without carrying them out. Errors: Fault `unavailable`, `timeout`. */
export async function* planReplay(ports: ReplayPorts): AsyncGenerator<ReplayStep> {
  for await (const letter of ports.log.deadLetters()) {
    const { record, error } = letter;
    if (record === undefined) yield { action: 'keep', letter, why: `not a record: ${error}` };
    else if (record.type === 'fence') yield { action: 'keep', letter, why: FENCE };
    else yield { action: 'append', letter, record: await toAppend(letter, record, ports) };
  }
}

/**
 * Carries out the steps of {@link planReplay}. Each record is durable in the log before its letter is marked as replayed;
 * after a crash in between the next replay appends it again, which is a redelivery for the store.
 */
export async function* replay(ports: ReplayPorts): AsyncGenerator<ReplayStep> {
  for await (const step of planReplay(ports)) {
    if (step.action === 'append') {
      await ports.log.append(step.record);
      await ports.log.replayed(step.letter);
    }
    yield step;
  }
}

/** A fence ends what follows it in its partition, so that at the end of the log it would end other records. */
const FENCE = 'a fence is valid at its own offset only: recover the sale again';

/**
 * The record as it has to be at the end of the log, behind the fences of any recovery since then. A record that was
 * before the fence that ended its epoch is valid, since its buyer may have got a 201: it gets the sale's current epoch. A
 * record that was behind that fence keeps its epoch, and is rejected again.
 */
async function toAppend(
  { group, partition, offset }: DecodedDeadLetter,
  record: ReservationsRecord,
  { store, catalogue }: ReplayPorts,
): Promise<ReservationsRecord> {
  const { saleId, epoch } = record;
  const fences = await store.fences(group, partition);
  const isRejected = fences.some((fence) => fence.saleId === saleId && fence.epoch > epoch && fence.offset < offset);
  if (isRejected) return record;
  const sale = await catalogue.sale(saleId);
  return { ...record, epoch: Math.max(epoch, sale?.epoch ?? epoch) };
}
