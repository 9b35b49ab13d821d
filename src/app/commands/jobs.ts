import type { Config } from '../../config.ts';
import { JobAdmin } from '../../services/job-admin.ts';
import { awaitServer } from './await-server.ts';
import { withPorts } from './with-ports.ts';

/** Opens what the commands on jobs need, beside running servers. Errors: the Fault of the store; those of `use`. */
export function withJobs<Result>(config: Config, use: (jobs: JobAdmin) => Promise<Result>): Promise<Result> {
  return withPorts(config, async (ports) => {
    await awaitServer('the order store', () => ports.store.ping());
    return use(new JobAdmin({ ...ports, random: Math.random }));
  });
}
