import { parseTime } from '../api/http/parse-time.ts';
import type { SaleCommands } from '../app/commands/sale-admin.ts';
import { Fault } from '../domain/errors.ts';
import type { Sale } from '../domain/sale.ts';
import type { Outstanding } from '../services/archive-sale.ts';
import type { InvalidSettings } from '../services/invalid-settings.ts';

/** The name that the history of a sale has for what a command did. */
export const BY = 'floodgate sale';

export interface ActionOptions {
  readonly 'closes-at'?: string;
  readonly quantity?: string;
  readonly version?: string;
}

type Outcome =
  | { readonly kind: 'changed' | 'closed' | 'published'; readonly sale?: Sale }
  | { readonly kind: 'unknown' | 'stale' | 'notPublished' | 'notOver' | 'ended' | 'archived' | 'keyMismatch' }
  | { readonly kind: 'notSettled'; readonly outstanding: Outstanding }
  | InvalidSettings;

export type Action = (commands: SaleCommands, saleId: string, options: ActionOptions) => Promise<Outcome>;

/** What the command does to a sale that exists. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  publish: ({ saleAdmin }, saleId) => saleAdmin.publish(saleId, BY),
  pause: ({ saleAdmin }, saleId) => saleAdmin.pause(saleId, { by: BY }),
  resume: ({ saleAdmin }, saleId) => saleAdmin.resume(saleId, { by: BY }),
  extend: ({ saleAdmin }, saleId, options) =>
    saleAdmin.extend(saleId, { by: BY, closesAt: timeIn('closes-at', options['closes-at']) }),
  'add-stock': ({ saleAdmin }, saleId, { quantity, version }) => {
    const expected = [numberIn('version', version)];
    return saleAdmin.addStock(saleId, { by: BY, quantity: numberIn('quantity', quantity), expected });
  },
  close: ({ saleAdmin }, saleId) => saleAdmin.close(saleId, BY),
  archive: ({ saleAdmin }, saleId) => saleAdmin.archive(saleId, { by: BY }),
};

const REASONS = {
  stale: 'it has changed since that version: look again, something may have been added already',
  notPublished: 'it has not been published',
  notOver: 'it has neither ended nor been closed',
  closed: 'it was closed',
  ended: 'it is over',
  archived: 'it was archived',
  keyMismatch: 'the key was used before',
} as const;

/** Errors: Fault `config` if there is no such sale, or the action was refused. */
export function throwIfRefused(saleId: string, outcome: Outcome): void {
  if ('sale' in outcome) return;
  switch (outcome.kind) {
    case 'changed':
    case 'published':
      return;
    case 'unknown':
      throw unknownSale(saleId);
    case 'invalid':
      throw invalidSettings(outcome);
    case 'notSettled':
      throw new Fault(
        'config',
        `nothing was changed in ${saleId}: it is not settled yet: ${listed(outcome.outstanding)}`,
      );
    default:
      throw new Fault('config', `nothing was changed in ${saleId}: ${REASONS[outcome.kind]}`);
  }
}

export function unknownSale(saleId: string): Fault {
  return new Fault('config', `there is no sale ${saleId}`);
}

export function invalidSettings({ errors: [error] }: InvalidSettings): Fault {
  return new Fault('config', `${error?.setting} ${error?.message}`);
}

function listed({ unpaid, unpublished, unsettled }: Outstanding): string {
  return `${unpaid} unpaid orders, ${unpublished} reservations to publish, ${unsettled} tickets to store or to return`;
}

export function timeIn(name: string, text: string | undefined): number {
  const time = text === undefined ? undefined : parseTime(text);
  if (time === undefined) throw new Fault('config', `--${name} must be a time such as 2026-11-21T09:06:55Z`);
  return time;
}

export function numberIn(name: string, text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,8}$/.test(text)) {
    throw new Fault('config', `--${name} must be a whole number from 1 on`);
  }
  return Number(text);
}
