/**
 * Reads an order log as a member of a group, in a process of its own that can be killed. Tells its parent the
 * partitions of what it reads, and acknowledges nothing.
 *
 * Arguments: brokers, topic prefix, group.
 */
import { openKafkaOrderLog } from '../../dist/src/adapters/kafka/order-log.js';

const [brokers, topicPrefix, group] = process.argv.slice(2);
const { log } = await openKafkaOrderLog({ brokers: brokers.split(','), topicPrefix });
log.consume({ group, maxInFlight: 1000 }).subscribe(({ partition }) => process.send(partition));
