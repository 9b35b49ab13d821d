import { Impossible } from './impossible.mjs';
import { find, run } from './run.mjs';

/** Another apt may be at work, as on a machine that has just booted. */
const LOCK_WAIT_SECONDS = 300;

/**
 * Debian's own way to say that a package must not start its service while it is installed. It is put up only if
 * the machine has none, and taken down again whatever happens.
 */
const SCRIPT = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get -o DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS} install -y --no-install-recommends "$@"; }
install "$@" || { apt-get -o DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS} update; install "$@"; }
`;

/**
 * Finds programs, and installs the Debian packages that have them if one is missing.
 *
 * @param {readonly string[]} programs
 * @param {readonly string[]} packages
 * @param {(line: string) => void} log
 * @returns {Promise<string[]>} their paths
 */
export async function programs(programs, packages, log) {
  const missing = programs.filter((program) => find(program) === undefined);
  if (missing.length > 0) await install(packages, missing, log);
  return programs.map((program) => {
    const path = find(program);
    if (path === undefined) throw new Impossible(`${packages.join(' ')} was installed, but has no ${program}`);
    return path;
  });
}

async function install(packages, missing, log) {
  const hint = `${missing.join(', ')} is not here; install ${packages.join(' ')} by hand`;
  if (find('apt-get') === undefined) throw new Impossible(`${hint} (this system has no apt-get)`);
  const asRoot = await root();
  if (asRoot === undefined) throw new Impossible(`${hint} (neither root nor sudo without a password)`);
  log(`installing ${packages.join(' ')} with apt-get`);
  const [command, ...args] = [...asRoot, 'sh', '-c', SCRIPT, 'install', ...packages];
  await run(command, args);
}

/** The words before a command that make it run as root; undefined when nothing does. */
async function root() {
  if (process.getuid?.() === 0) return [];
  if (find('sudo') === undefined) return undefined;
  return run('sudo', ['-n', 'true']).then(
    () => ['sudo', '-n'],
    () => undefined,
  );
}
