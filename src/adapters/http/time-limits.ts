// Longer than a purchase's deadline (2 s) and what dependencies are given to answer, so that it's the last resort.
export const ANSWER_WITHIN_MS = 10_000;

// A body of 16 KiB arrives in a second on the worst of phones; the rest is for lost packets.
export const BODY_WITHIN_MS = 10_000;
