/** Settings of this very run, for trying them: they are passed on from the environment. */
const TUNING = /^(FRONT$|(PURCHASE|SETTLEMENT|ADMISSION)_)/;

export function tuning(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const wanted = Object.entries(env).filter(([name]) => TUNING.test(name));
  return Object.fromEntries(wanted) as Record<string, string>;
}
