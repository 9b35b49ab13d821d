import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository's root: compiled code runs from `dist`, tests from the sources. */
export const ROOT = rootOf(import.meta.dirname);

export const RESULTS = join(ROOT, 'bench/results');
export const BASELINE = join(RESULTS, 'baseline.json');
export const CHARTS = join(ROOT, 'bench/charts');
export const README = join(ROOT, 'bench/README.md');

function rootOf(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(dirname(folder));
}
