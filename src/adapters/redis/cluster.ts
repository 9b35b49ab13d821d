import keySlot from 'cluster-key-slot';
import { isFault, messageOf } from '../../domain/errors.ts';
import { ClusterTopology, type TopologyOptions } from './cluster-topology.ts';
import { assertKeepsKeys } from './eviction.ts';
import { CALL_TIMEOUT_MS } from './options.ts';
import { SCRIPTS } from './scripts.ts';
import { type RedisServers, warningsOf } from './servers.ts';
import { movedTo } from './slots.ts';

/**
 * A Redis Cluster: each sale on the master that serves its slot.
 *
 * Not ioredis' Cluster: it queues commands for nodes that are unavailable and sends a failed command again, to a node of
 * its own choice and perhaps after the caller has given up, and neither can be turned off. Here each master has the same
 * kind of connection that a single Redis has, and this file only decides which of them to use.
 *
 * - A call goes to the master of the sale's slot as far as it is known. A node that answers MOVED has done nothing, and
 *   the call is sent once to the master that the reply names.
 * - After MOVED, and after any call that failed, the slots are read again in the background, for later calls.
 * - ASK and TRYAGAIN (a slot that is being migrated) are `unavailable`: nothing was done.
 *
 * The scripts are loaded on every master, whether its state is sound or not: slots move between nodes, so no node as a
 * whole is sound. The fence is the sale's own (lua/fence.lua): it closes wherever the sale appears under another run_id
 * than it was sound under, be it a restarted master, a promoted replica, or the node that its slot was moved to. (A move
 * loses nothing, but can't be distinguished from the rest: do not move slots of sales that are open.)
 */
export function connectCluster({ timeoutMs = CALL_TIMEOUT_MS, ...options }: TopologyOptions): RedisServers {
  const topology = new ClusterTopology({ ...options, timeoutMs });

  const prepare = async (): Promise<void> => {
    await topology.refresh();
    const loading = (await topology.masters()).flatMap((node) =>
      Object.values(SCRIPTS).map(({ source }) => node.call('SCRIPT', ['LOAD', source])),
    );
    // Waits for all of them: one unavailable master must not keep the others from selling.
    const failed = (await Promise.allSettled(loading)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  };

  topology.refreshLater();

  return {
    async call(saleId, command, args, limitMs = timeoutMs) {
      const end = performance.now() + limitMs;
      const left = () => Math.max(1, end - performance.now());
      // The sale's id is the hash tag of all its keys.
      const slot = keySlot(saleId);
      const address = await topology.masterOf(slot);
      try {
        return await topology.nodeAt(address).call(command, args, left());
      } catch (error) {
        if (isFault(error) && error.retryable) topology.refreshLater();
        const moved = isFault(error) ? movedTo(messageOf(error.cause), address) : undefined;
        if (moved === undefined) throw error;
        topology.moved(slot, moved);
        return topology.nodeAt(moved).call(command, args, left());
      }
    },

    prepare,
    // In a cluster only sales are sound or lost.
    serves: async () => true,
    incarnation: async () => undefined,
    // Keys of several slots can't be in one command.
    salesPerCommand: 1,
    declareSound: prepare,

    async ping() {
      const answers = (await topology.masters()).map((node) => node.call('INFO', ['memory']));
      const info = await Promise.any(answers).catch((error: AggregateError) => {
        throw error.errors[0];
      });
      assertKeepsKeys(info);
    },

    async warnings() {
      const masters = await topology.masters();
      return [...new Set((await Promise.all(masters.map(warningsOf))).flat())];
    },

    disconnect: () => topology.disconnect(),
  };
}
