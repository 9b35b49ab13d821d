import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './run.mjs';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/architecture.md',
  'docs/cluster.md',
  'docs/fronts.md',
  'docs/live.md',
  'docs/operations.md',
  'docs/performance.md',
  'docs/recovery.md',
];

/** Paths from the root, in code; a placeholder or a pattern is not a path. */
const CODE_PATH = /`((?:\.ci|src|web|test|dev|docs|bench|migrations)\/[\w./-]+)`/g;

/** Paths relative to the document, in links. */
const LINK = /\]\((?!https?:|#)([^)#]+)/g;

/** Sections of this or another document, in links. */
const SECTION = /\]\((?!https?:)([^)#]*)#([^)]+)\)/g;

const SCRIPT = /\bnpm run ([\w:-]+)/g;

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const all = (pattern) => [...text.matchAll(pattern)].map(([, found]) => found);

  it('names only files that exist', () => {
    const linked = all(LINK).map((path) => normalize(join(dirname(document), path)));
    expect([...all(CODE_PATH), ...linked].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('links only to sections that exist', () => {
    const missing = [...text.matchAll(SECTION)]
      .map(([, path, section]) => ({ path: path === '' ? document : join(dirname(document), path), section }))
      .filter(({ path, section }) => !sectionsOf(path).includes(section));
    expect(missing).toEqual([]);
  });

  it('names only scripts that exist', () => {
    expect(all(SCRIPT).filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

/** The anchors of a document's headings, as GitHub makes them. */
function sectionsOf(path) {
  const headings = readFileSync(join(ROOT, path), 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
