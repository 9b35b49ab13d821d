import { find, run, Unsupported } from './run.mjs';

/** Another apt may be running, for example on a machine that has just booted. */
const LOCK_WAIT_SECONDS = 300;

/**
 * Debian's own way (policy-rc.d) to keep a package from starting its service while it is installed. The file is created
 * only if the machine has none, and always removed again.
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
 * Finds programs, and installs the Debian packages that contain them if one is missing. Errors: Unsupported.
 *
 * @param {readonly string[]} programs
 * @param {readonly string[]} packages
 * @param {(line: string) => void} log
 * @returns {Promise<string[]>} their paths
 */
export async function programs(programs, packages, log) {
  const missing = missingOf(programs);
  if (missing.length > 0) await install(packages, missing, log);
  return programs.map((program) => {
    const path = find(program);
    if (path === undefined)
      throw new Unsupported(`${packages.join(' ')} was installed, but does not contain ${program}`);
    return path;
  });
}

/**
 * The step that `programs` would take; undefined when nothing is missing or nothing can be installed.
 *
 * @param {readonly string[]} programs
 * @param {readonly string[]} packages
 * @param {number} seconds that it typically takes
 * @returns {import('../preparation.mjs').Step | undefined}
 */
export function installStep(programs, packages, seconds) {
  if (missingOf(programs).length === 0 || find('apt-get') === undefined) return undefined;
  if (process.getuid?.() !== 0 && find('sudo') === undefined) return undefined;
  return { what: `${packages.join(' ')}, by apt-get`, seconds };
}

const missingOf = (programs) => programs.filter((program) => find(program) === undefined);

async function install(packages, missing, log) {
  const hint = `${missing.join(', ')} is not installed; install ${packages.join(' ')} by hand`;
  if (find('apt-get') === undefined) throw new Unsupported(`${hint} (this system has no apt-get)`);
  const asRoot = await root();
  if (asRoot === undefined) throw new Unsupported(`${hint} (neither root nor sudo without a password)`);
  log(`installing ${packages.join(' ')} with apt-get`);
  const [command, ...args] = [...asRoot, 'sh', '-c', SCRIPT, 'install', ...packages];
  await run(command, args);
}

/** The words before a command that run it as root; undefined when that is not possible. */
async function root() {
  if (process.getuid?.() === 0) return [];
  if (find('sudo') === undefined) return undefined;
  return run('sudo', ['-n', 'true']).then(
    () => ['sudo', '-n'],
    () => undefined,
  );
}
