import type { ReservationsRecord } from '../domain/log-record.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { DecodedDeadLetter, OrderLog } from '../ports/order-log.ts';
import type { OrderStore } from '../ports/order-store.ts';

export interface ReplayPorts {
  readonly log: Pick<OrderLog, 'deadLetters' | 'append' | 'replayed'>;
  readonly store: Pick<OrderStore, 'fences'>;
  readonly catalogue: Pick<Catalogue, 'sale'>;
}

/** What becomes of a dead letter. */
export type ReplayStep =
  /** Its record goes to the end of the log. */
  | { readonly action: 'append'; readonly letter: DecodedDeadLetter; readonly record: ReservationsRecord }
  /** It stays where it is. */
  | { readonly action: 'keep'; readonly letter: DecodedDeadLetter; readonly why: string };

/** What a replay would do, oldest letter first. Reads only. Errors: Fault `unavailable`, `timeout`. */
export async function* planReplay(ports: ReplayPorts): AsyncGenerator<ReplayStep> {
  for await (const letter of ports.log.deadLetters()) {
    const { record, error } = letter;
    if (record === undefined) yield { action: 'keep', letter, why: `no record: ${error}` };
    else if (record.type === 'fence') yield { action: 'keep', letter, why: NO_FENCES };
    else yield { action: 'append', letter, record: await atHome(letter, record, ports) };
  }
}

/**
 * The same, done: each letter's record is durable in the log before the letter is taken off the list. Cut off in
 * between, the next replay appends it once more, which the store takes for a redelivery.
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

/** It belongs into its own partition, and in front of what came behind it. */
const NO_FENCES = 'a fence counts in its own place only: recover the sale again';

/**
 * The record as it has to be at the end of the log. A recovery since then ended its epoch, and put fences between its
 * place and the end: a record that stood before them was valid, a buyer may hold a 201 for it, and it gets the sale's
 * epoch of today. One that stood behind its fence is refused there as it would have been here.
 */
async function atHome(
  { group, partition, offset }: DecodedDeadLetter,
  record: ReservationsRecord,
  { store, catalogue }: ReplayPorts,
): Promise<ReservationsRecord> {
  const { saleId, epoch } = record;
  const fences = await store.fences(group, partition);
  const isRefused = fences.some((fence) => fence.saleId === saleId && fence.epoch > epoch && fence.offset < offset);
  if (isRefused) return record;
  const sale = await catalogue.sale(saleId);
  return { ...record, epoch: Math.max(epoch, sale?.epoch ?? epoch) };
}
