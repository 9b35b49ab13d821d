import { SERVERS, type Testbed } from './testbed.ts';

/** Fair weather, every server and every program up: from here on nothing may be wrong for long. */
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
