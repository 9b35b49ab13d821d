/** Records a violated promise, with the sale, order or buyer. */
export type Report = (violation: string) => void;
