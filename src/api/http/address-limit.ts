import type { RateLimit, RateStanding } from '../../resilience/rate-limit.ts';
import type { ClientKeys, Sender } from './client-address.ts';

type Limit = Pick<RateLimit, 'on' | 'take' | 'standing'>;

export interface AddressLimitParts {
  /** Of an IPv4 address, or of an IPv6 /64. */
  readonly client: Limit;
  readonly network56: Limit;
  readonly network48: Limit;
  readonly keysOf: (sender: Sender) => ClientKeys;
}

/** How often the limit of one address the networks around an IPv6 address may use. */
export const NETWORK_FACTORS = {
  // One household may have all of it, an office some hundred people in it.
  network56: 4,
  // One customer of a data centre may have all of it, and so may a town.
  network48: 16,
} as const;

/** A limit per client address. An IPv6 client is bounded by its /64 and, more generously, by its /56 and /48. */
export class AddressLimit {
  constructor(private readonly parts: AddressLimitParts) {}

  get on(): boolean {
    return this.parts.client.on;
  }

  /** Counts a request; the standing of the limit that it exceeds, if it does. A refused one does not count for the wider networks. */
  refusalOf(sender: Sender): RateStanding | undefined {
    const { client, network56, network48, keysOf } = this.parts;
    const keys = keysOf(sender);
    if (typeof keys === 'string') return refusal(client, keys);
    return refusal(client, keys[0]) ?? refusal(network56, keys[1]) ?? refusal(network48, keys[2]);
  }
}

function refusal(limit: Limit, key: string): RateStanding | undefined {
  return limit.take(key) ? undefined : limit.standing(key);
}
