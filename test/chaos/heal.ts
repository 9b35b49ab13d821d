import { SERVERS, type Testbed } from './testbed.ts';

/** Repairs the network and starts every server and program: from here on the cluster has to recover by itself. */
export async function heal({ proxies, servers, programs }: Testbed): Promise<void> {
  for (const proxy of Object.values(proxies)) {
    proxy.setConditions({});
    proxy.thaw();
    await proxy.accept();
  }
  await Promise.all(
    SERVERS.map(async (name) => {
      await servers.signal(name, 'SIGCONT');
      await servers.start(name);
    }),
  );
  for (const program of programs) program.signal('SIGCONT');
  await Promise.all(programs.map((program) => program.start()));
}
