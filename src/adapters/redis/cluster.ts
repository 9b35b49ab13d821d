import { Fault, isFault, messageOf } from '../../domain/errors.ts';
import type { Connection, ConnectionOptions } from './connection.ts';
import { connectRedis } from './connection.ts';
import { atAddress } from './node-urls.ts';
import { CALL_TIMEOUT_MS } from './options.ts';
import { SCRIPTS } from './scripts.ts';
import type { RedisServers } from './servers.ts';
import type { SlotMap } from './slots.ts';
import { movedTo, slotMapOf, slotOf } from './slots.ts';

export interface ClusterOptions extends Omit<ConnectionOptions, 'url'> {
  /** Some of the nodes; the others are found by them. Their user and password are those of all nodes. */
  readonly urls: readonly string[];
}

/** A node that does not know at once is passed over for the next one: a call can wait for three of them. */
const ASK_WITHIN_MS = 250;

/**
 * A Redis Cluster: each sale on the master that serves its slot.
 *
 * Not ioredis' Cluster: that one keeps commands for nodes that are away and sends what failed once more, to a node of its
 * own choice and perhaps after the caller has given up, which can't be turned off. Here each master has a connection of
 * the very kind that a single Redis has, and this file decides no more than which of them.
 *
 * - A call goes to the master of the sale's slot as far as it is known. One that answers MOVED has done nothing, and the
 *   call goes to the master that it names, once.
 * - After MOVED, and after any call that failed, all the cluster is asked for the slots, for whoever comes next.
 * - ASK and TRYAGAIN (a slot that is being moved) are `unavailable`: nothing was done.
 *
 * The scripts are loaded on every master, sound or not: slots come and go, so no node as a whole is sound. The fence is
 * the sale's own (lua/fence.lua): it is closed wherever the sale turns up under another run_id than it was sound under,
 * be it a restarted master, a promoted replica, or the new home of its slot. (A move loses nothing, but looks like the
 * rest: slots of sales that are on should stay.)
 */
export function connectCluster({ urls, timeoutMs = CALL_TIMEOUT_MS, onState }: ClusterOptions): RedisServers {
  const [seed = ''] = urls;
  const nodes = new Map<string, Connection>();
  let slots: SlotMap = [];
  let refreshing: Promise<void> | undefined;
  let asked = 0;
  let closed = false;

  const nodeAt = (address: string): Connection => {
    if (closed) throw new Fault('unavailable', 'the Redis Cluster is disconnected');
    const node =
      nodes.get(address) ??
      connectRedis({ url: atAddress(seed, address), timeoutMs, ...(onState === undefined ? {} : { onState }) });
    nodes.set(address, node);
    return node;
  };

  /** Each time another one is asked first: one that is cut off from the others may answer what was true once. */
  const readSlots = async (): Promise<SlotMap> => {
    const addresses = [...new Set([...nodes.keys(), ...urls.map((url) => new URL(url).host)])];
    asked += 1;
    let fault: unknown;
    for (let n = 0; n < addresses.length; n += 1) {
      const address = addresses[(asked + n) % addresses.length] as string;
      try {
        const map = slotMapOf(await nodeAt(address).call('CLUSTER', ['SLOTS'], ASK_WITHIN_MS), address);
        if (map.some((master) => master !== undefined)) return map;
        fault = new Fault('unavailable', `${address} knows of no node that serves slots`);
      } catch (error) {
        fault = error;
      }
    }
    throw fault;
  };

  const refresh = (): Promise<void> => {
    refreshing ??= readSlots()
      .then((map) => {
        slots = map;
        const masters = new Set(map);
        for (const [address, node] of nodes) {
          if (masters.has(address)) continue;
          nodes.delete(address);
          node.disconnect();
        }
        for (const master of masters) if (master !== undefined) nodeAt(master);
      })
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  };
  /** Nobody waits for this one: if it fails, the next call that fails begins another. */
  const refreshLater = () => void refresh().catch(() => {});

  const masterOf = async (slot: number): Promise<string> => {
    if (slots[slot] === undefined) await refresh();
    const address = slots[slot];
    if (address === undefined) throw new Fault('unavailable', `no node of the Redis Cluster serves slot ${slot}`);
    return address;
  };

  const masters = async (): Promise<readonly Connection[]> => {
    if (slots.length === 0) await refresh();
    return [...new Set(slots)].filter((address) => address !== undefined).map(nodeAt);
  };

  const prepare = async (): Promise<void> => {
    await refresh();
    const loading = (await masters()).flatMap((node) =>
      Object.values(SCRIPTS).map(({ source }) => node.call('SCRIPT', ['LOAD', source])),
    );
    // All of them: one master that is away doesn't keep the others from selling.
    const failed = (await Promise.allSettled(loading)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  };

  refreshLater();

  return {
    async call(saleId, command, args, limitMs = timeoutMs) {
      const end = performance.now() + limitMs;
      const left = () => Math.max(1, end - performance.now());
      const slot = slotOf(saleId);
      const address = await masterOf(slot);
      try {
        return await nodeAt(address).call(command, args, left());
      } catch (error) {
        if (isFault(error) && error.retryable) refreshLater();
        const moved = isFault(error) ? movedTo(messageOf(error.cause), address) : undefined;
        if (moved === undefined) throw error;
        slots[slot] = moved;
        return nodeAt(moved).call(command, args, left());
      }
    },

    prepare,
    // Here only sales are sound or lost.
    serves: async () => true,
    declareSound: prepare,

    async ping() {
      const answers = (await masters()).map((node) => node.call('PING', []));
      await Promise.any(answers).catch((error: AggregateError) => {
        throw error.errors[0];
      });
    },

    disconnect() {
      closed = true;
      for (const node of nodes.values()) node.disconnect();
    },
  };
}
