import { Fault } from '../../domain/errors.ts';
import type { Connection, ConnectionOptions } from './connection.ts';
import { connectRedis } from './connection.ts';
import { atAddress } from './node-urls.ts';
import type { SlotMap } from './slots.ts';
import { slotMapOf } from './slots.ts';

/** A node that does not answer in this time is skipped: a call can wait for three of them. */
const SLOTS_TIMEOUT_MS = 250;

export interface TopologyOptions extends Omit<ConnectionOptions, 'url'> {
  /** Some of the nodes; the others are discovered through them. Their user and password are those of all nodes. */
  readonly urls: readonly string[];
}

/** The nodes of a Redis Cluster, one connection each, and which of them serves which slot, as far as is known. */
export class ClusterTopology {
  readonly #options: TopologyOptions;
  readonly #nodes = new Map<string, Connection>();
  #slots: SlotMap = [];
  #refreshing: Promise<void> | undefined;
  #refreshes = 0;
  #closed = false;

  constructor(options: TopologyOptions) {
    this.#options = options;
  }

  /** The connection to the node at `host:port`. Errors: Fault `unavailable` after `disconnect`. */
  nodeAt(address: string): Connection {
    if (this.#closed) throw new Fault('unavailable', 'the Redis Cluster is disconnected');
    const known = this.#nodes.get(address);
    if (known !== undefined) return known;
    const { urls, ...options } = this.#options;
    const node = connectRedis({ ...options, url: atAddress(urls[0] ?? '', address) });
    this.#nodes.set(address, node);
    return node;
  }

  /** The address of the master that serves the slot. Errors: Fault `unavailable`, `timeout`. */
  async masterOf(slot: number): Promise<string> {
    if (this.#slots[slot] === undefined) await this.refresh();
    const address = this.#slots[slot];
    if (address === undefined) throw new Fault('unavailable', `no node of the Redis Cluster serves slot ${slot}`);
    return address;
  }

  /** Errors: Fault `unavailable`, `timeout`. */
  async masters(): Promise<readonly Connection[]> {
    if (this.#slots.length === 0) await this.refresh();
    return [...new Set(this.#slots)].filter((address) => address !== undefined).map((address) => this.nodeAt(address));
  }

  /** A node has redirected a call: the slot is served at this address. */
  moved(slot: number, address: string): void {
    this.#slots[slot] = address;
  }

  /** Asks the cluster which master serves which slot; concurrent calls share one request. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#readSlots()
      .then((slots) => this.#replace(slots))
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  /** Refreshes in the background. If it fails, the next call that fails starts another one. */
  refreshLater(): void {
    this.refresh().catch(() => {});
  }

  disconnect(): void {
    this.#closed = true;
    for (const node of this.#nodes.values()) node.disconnect();
  }

  /** Each refresh starts with another node, since one that is cut off from the others may answer with outdated slots. */
  async #readSlots(): Promise<SlotMap> {
    const addresses = [...new Set([...this.#nodes.keys(), ...this.#options.urls.map((url) => new URL(url).host)])];
    this.#refreshes += 1;
    let fault: unknown;
    for (let n = 0; n < addresses.length; n += 1) {
      const address = addresses[(this.#refreshes + n) % addresses.length] as string;
      try {
        const slots = slotMapOf(await this.nodeAt(address).call('CLUSTER', ['SLOTS'], SLOTS_TIMEOUT_MS), address);
        if (slots.some((master) => master !== undefined)) return slots;
        fault = new Fault('unavailable', `${address} knows of no node that serves slots`);
      } catch (error) {
        fault = error;
      }
    }
    throw fault;
  }

  /** Connects to the new masters, and disconnects from nodes that are none. */
  #replace(slots: SlotMap): void {
    this.#slots = slots;
    const masters = new Set(slots);
    for (const [address, node] of this.#nodes) {
      if (masters.has(address)) continue;
      this.#nodes.delete(address);
      node.disconnect();
    }
    for (const master of masters) if (master !== undefined) this.nodeAt(master);
  }
}
