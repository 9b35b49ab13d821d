import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installStep, programs } from './apt.mjs';
import { mysqlAnswers } from './probes.mjs';
import { run } from './run.mjs';

const USER = 'floodgate';
/** Not a secret: the server listens on the loopback address only, and its data are tests and trials. */
const PASSWORD = 'floodgate';
const DATABASE = 'floodgate';

const PROGRAMS = ['mariadbd', 'mariadb-install-db', 'my_print_defaults'];
/** The core packages have the programs without a service that would start by itself. */
const PACKAGES = ['mariadb-server-core', 'mariadb-client-core'];
const INSTALL_SECONDS = 10;

/** Run at each start, before the first connection is served. One statement a line. */
const INIT = `CREATE DATABASE IF NOT EXISTS ${DATABASE} CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS '${USER}'@'%' IDENTIFIED BY '${PASSWORD}';
GRANT ALL PRIVILEGES ON *.* TO '${USER}'@'%';
`;

/** mariadbd refuses to run as root unless it is told to. */
const asRoot = () => (process.getuid?.() === 0 ? ['--user=root'] : []);

/** MariaDB stands in for MySQL here; see compose.yaml for MySQL itself. */
export const mysql = {
  name: 'mysql',
  title: 'MariaDB',
  ports: ['mysql'],
  answers: (ports) => mysqlAnswers(ports.mysql),
  url: (ports) => ({ MYSQL_URL: `mysql://${USER}:${PASSWORD}@127.0.0.1:${ports.mysql}/${DATABASE}` }),

  missing: () => installStep(PROGRAMS, PACKAGES, INSTALL_SECONDS),

  async prepare(log) {
    const [server, installer] = await programs(PROGRAMS, PACKAGES, log);
    return { server, installer };
  },

  async plan({ tools, folder, ports, args }) {
    const data = join(folder, 'data');
    if (!existsSync(data)) {
      // Created under another name and renamed when complete, so that an interrupted start leaves no incomplete folder.
      const draft = join(folder, 'data.draft');
      rmSync(draft, { recursive: true, force: true });
      await run(tools.installer, [
        ...['--no-defaults', `--datadir=${draft}`, '--skip-test-db', '--auth-root-authentication-method=normal'],
        ...asRoot(),
      ]);
      renameSync(draft, data);
    }
    const init = join(folder, 'init.sql');
    writeFileSync(init, INIT);
    return {
      command: tools.server,
      args: [
        ...['--no-defaults', ...asRoot(), `--datadir=${data}`, `--init-file=${init}`],
        ...[`--port=${ports.mysql}`, '--bind-address=127.0.0.1', '--skip-name-resolve'],
        // Relative to the data folder: a Unix socket's path must be short, and a temporary folder's may not be.
        ...['--socket=socket', '--pid-file=pid'],
        ...['--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=256M', '--max-connections=300'],
        ...['--character-set-server=utf8mb4', '--default-time-zone=+00:00'],
        ...args,
      ],
      cwd: folder,
    };
  },
};
