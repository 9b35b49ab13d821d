import { installStep, programs } from './apt.mjs';
import { redisAnswers } from './probes.mjs';

const PROGRAMS = ['redis-server'];
const PACKAGES = ['redis-server'];
const INSTALL_SECONDS = 5;

/** Durable as in production: an append-only file, synced each second, and no eviction. */
export const redis = {
  name: 'redis',
  title: 'Redis',
  ports: ['redis'],
  answers: (ports) => redisAnswers(ports.redis),
  url: (ports) => ({ REDIS_URL: `redis://127.0.0.1:${ports.redis}` }),

  missing: () => installStep(PROGRAMS, PACKAGES, INSTALL_SECONDS),

  async prepare(log) {
    const [server] = await programs(PROGRAMS, PACKAGES, log);
    return { server };
  },

  async plan({ tools, folder, ports, args }) {
    return {
      command: tools.server,
      args: [
        ...['--port', String(ports.redis), '--bind', '127.0.0.1', '--dir', folder],
        ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
        ...['--maxmemory-policy', 'noeviction'],
        ...args,
      ],
      cwd: folder,
    };
  },
};
