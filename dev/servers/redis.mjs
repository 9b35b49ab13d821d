import { programs } from './apt.mjs';
import { redisAnswers } from './probes.mjs';

/** Durable as a production queue is: an append-only file, synced each second; and it never evicts. */
export const redis = {
  name: 'redis',
  title: 'Redis',
  ports: ['redis'],
  answers: (ports) => redisAnswers(ports.redis),
  url: (ports) => ({ REDIS_URL: `redis://127.0.0.1:${ports.redis}` }),

  async prepare(log) {
    const [server] = await programs(['redis-server'], ['redis-server'], log);
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
