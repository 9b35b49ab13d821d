import { Fault } from './errors.ts';

/**
 * Order ids: Snowflake-style (time, node, sequence), written as 14 characters of Crockford base32, so that they sort by
 * time as plain strings in every store and need no 64-bit integers.
 *
 *   9 characters time     (45 bits, milliseconds since 1970, until the year 3084)
 *   2 characters node     (10 bits)
 *   3 characters sequence (15 bits: 32,768 ids per node and millisecond)
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SEQUENCES_PER_MS = 32 ** 3;
const NODES = 32 ** 2;

export const ORDER_ID_LENGTH = 14;
export const MAX_NODE = NODES - 1;

/** Jobs: 9 characters of time, as in order ids, and 10 random ones (50 bits), since any process may make one. */
export const JOB_ID_LENGTH = 19;
const JOB_RANDOM_LENGTH = 10;

export const JOB_ID_PATTERN = `^[0-9A-HJKMNP-TV-Z]{${JOB_ID_LENGTH}}$`;
export const ORDER_ID_PATTERN = `^[0-9A-HJKMNP-TV-Z]{${ORDER_ID_LENGTH}}$`;
/** Ids of sales and products are chosen by their makers: short, and safe in a path without encoding. */
export const SALE_ID_PATTERN = '^[A-Za-z0-9_-]{1,64}$';
export const PRODUCT_ID_PATTERN = SALE_ID_PATTERN;

const ORDER_ID = new RegExp(ORDER_ID_PATTERN);
const JOB_ID = new RegExp(JOB_ID_PATTERN);
const SALE_ID = new RegExp(SALE_ID_PATTERN);
const PRODUCT_ID = new RegExp(PRODUCT_ID_PATTERN);

/** Makes a new id. Errors: Fault `unavailable` when the node may not make ids now. */
export type IdSource = () => string;

export interface IdSourceOptions {
  /** 0 to 1023; processes that run at the same time must have different ones. */
  readonly node: number;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Ids are made for later times only, milliseconds since 1970, so that a clock that was set back repeats none. */
  readonly notBeforeMs?: number;
  /**
   * Called for each millisecond before its first id: whether this node may make ids for that time.
   * @default always
   */
  readonly mayUse?: (ms: number) => boolean;
}

/** A source of strictly increasing ids, whether the clock stands still or jumps back. */
export function createIdSource({ node, now, notBeforeMs = 0, mayUse = always }: IdSourceOptions): IdSource {
  if (!Number.isInteger(node) || node < 0 || node > MAX_NODE) {
    throw new RangeError(`node must be an integer from 0 to ${MAX_NODE}, not ${node}`);
  }
  const nodePart = encode(node, 2);
  let lastMs = notBeforeMs;
  let sequence = SEQUENCES_PER_MS;
  let prefix = '';

  return () => {
    const nowMs = now();
    if (nowMs > lastMs || sequence >= SEQUENCES_PER_MS) {
      // If the millisecond is used up, or the clock went back, the next millisecond is used rather than waited for.
      const ms = Math.max(nowMs, lastMs + 1);
      if (!mayUse(ms)) throw new Fault('unavailable', `node ${node} may not make ids for ${ms} ms`);
      lastMs = ms;
      sequence = 0;
      prefix = encode(lastMs, 9) + nodePart;
    }
    return prefix + SEQUENCE_PARTS[sequence++];
  };
}

/** When an order id was made, in milliseconds since 1970; undefined for a string that is not an order id. */
export function timeOfOrderId(id: string): number | undefined {
  if (!ORDER_ID.test(id)) return undefined;
  let ms = 0;
  for (let i = 0; i < 9; i += 1) ms = ms * 32 + ALPHABET.indexOf(id[i] as string);
  return ms;
}

export function isOrderId(id: string): boolean {
  return ORDER_ID.test(id);
}

/** The id of a job that is made now; `random` returns 0 (included) to 1 (excluded). */
export function jobIdOf(nowMs: number, random: () => number): string {
  const part = Array.from({ length: JOB_RANDOM_LENGTH }, () => ALPHABET[Math.floor(random() * 32)]);
  return encode(nowMs, 9) + part.join('');
}

export function isJobId(id: string): boolean {
  return JOB_ID.test(id);
}

export function isSaleId(id: string): boolean {
  return SALE_ID.test(id);
}

export function isProductId(id: string): boolean {
  return PRODUCT_ID.test(id);
}

function always(): boolean {
  return true;
}

function encode(value: number, length: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

const SEQUENCE_PARTS: readonly string[] = Array.from({ length: SEQUENCES_PER_MS }, (_, n) => encode(n, 3));
