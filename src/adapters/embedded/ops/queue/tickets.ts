/** The tickets of a row of `queue_reservation`; see schema.ts. */
export interface TicketColumns {
  readonly ticket: number;
  readonly more: string | null;
}

export function ticketsOf({ ticket, more }: TicketColumns): readonly number[] {
  return more === null ? [ticket] : [ticket, ...(JSON.parse(more) as number[])];
}
