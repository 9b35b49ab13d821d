/** Writes the tickets of an order as the scripts do: joined by commas. */
export function ticketListOf(tickets: readonly number[]): string {
  return tickets.join(',');
}

/** Reads what `ticketListOf` or a script wrote. */
export function ticketsIn(list: string): readonly number[] {
  return list.includes(',') ? list.split(',').map(Number) : [Number(list)];
}
