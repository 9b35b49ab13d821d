import { readFileSync } from 'node:fs';

/**
 * Says why this Node can't run the project, or undefined when it can. Old versions have to be able to read this
 * file and what imports it: no syntax newer than 2020 here.
 *
 * @param {string} version as process.versions.node has it
 * @param {string} required the engines field: `>=major.minor`
 */
export function objectionTo(version, required) {
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = required.replace('>=', '').split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined;
  return `Floodgate needs Node ${neededMajor}.${neededMinor} or newer; this is Node ${version}.`;
}

/** Ends the process with one line when this Node is too old. */
export function demandNode() {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const objection = objectionTo(process.versions.node, engines.node);
  if (objection === undefined) return;
  console.error(objection);
  process.exit(1);
}
