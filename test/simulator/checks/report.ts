/** Takes a broken promise, in words that name the sale, order or buyer. */
export type Report = (violation: string) => void;
