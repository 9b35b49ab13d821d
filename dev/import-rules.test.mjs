import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '../.dependency-cruiser.mjs';

/** Forbidden imports: the importing file, what it imports, and the rule that has to report it. */
const FORBIDDEN = [
  ['src/domain/a.ts', 'src/ports/a.ts', 'layer-domain'],
  ['src/ports/b.ts', 'src/streams/a.ts', 'layer-ports'],
  ['src/resilience/b.ts', 'src/streams/a.ts', 'layer-resilience'],
  ['src/streams/b.ts', 'src/adapters/redis/a.ts', 'layer-streams'],
  ['src/streams/c.ts', 'src/services/a.ts', 'layer-streams'],
  ['src/streams/d.ts', 'src/telemetry/a.ts', 'layer-streams'],
  ['src/streams/e.test.ts', 'src/adapters/redis/a.ts', 'layer-streams'],
  ['src/services/b.ts', 'src/api/a.ts', 'layer-services'],
  ['src/telemetry/b.ts', 'src/services/a.ts', 'layer-telemetry'],
  ['src/config/b.ts', 'src/app/a.ts', 'layer-config'],
  ['src/api/b.ts', 'src/adapters/redis/a.ts', 'layer-api'],
  ['src/api/c.ts', 'src/config.ts', 'layer-api'],
  ['src/api/e.ts', 'src/roles/a.ts', 'layer-api'],
  ['src/api/f.ts', 'src/telemetry/a.ts', 'layer-api'],
  ['src/roles/b.ts', 'src/app/a.ts', 'layer-roles'],
  ['src/roles/c.ts', 'src/adapters/redis/a.ts', 'layer-roles'],
  ['src/roles/d.ts', 'src/telemetry/a.ts', 'layer-roles'],
  ['src/roles/e.ts', 'src/config.ts', 'layer-roles'],
  ['src/streams/f.ts', 'src/roles/a.ts', 'layer-streams'],
  ['src/cli/d.ts', 'src/roles/a.ts', 'layer-cli'],
  ['src/adapters/redis/b.ts', 'src/api/a.ts', 'layer-adapters'],
  ['src/adapters/redis/c.ts', 'src/config.ts', 'layer-adapters'],
  ['src/adapters/redis/d.ts', 'src/adapters/kafka/a.ts', 'adapters-apart'],
  ['src/adapters/redis/e.ts', 'src/adapters/sql/a.ts', 'adapters-apart'],
  ['src/adapters/mysql/b.ts', 'src/adapters/redis/a.ts', 'sql-adapters-apart'],
  ['src/adapters/embedded/b.ts', 'src/adapters/mysql/a.ts', 'sql-adapters-apart'],
  ['src/adapters/uws/b.ts', 'src/adapters/node-http/a.ts', 'front-adapters-apart'],
  ['src/adapters/node-http/b.ts', 'src/adapters/redis/a.ts', 'front-adapters-apart'],
  ['src/adapters/redis/g.ts', 'src/adapters/http/a.ts', 'adapters-apart'],
  ['src/adapters/http/b.ts', 'src/adapters/uws/a.ts', 'adapters-apart'],
  ['src/adapters/common.ts', 'src/adapters/redis/a.ts', 'adapters-common-ground'],
  ['src/app/b.ts', 'src/cli.ts', 'layer-app'],
  ['src/app/c.ts', 'src/main.ts', 'main-is-the-end'],
  ['src/cli/b.ts', 'src/adapters/redis/a.ts', 'layer-cli'],
  ['src/cli/c.ts', 'src/main.ts', 'main-is-the-end'],
  ['src/main.ts', 'src/adapters/redis/a.ts', 'layer-main'],
  ['migrations/b.ts', 'src/domain/b.ts', 'migrations-stand-alone'],
  ['src/services/c.ts', 'test/support/a.ts', 'no-test-code-in-the-product'],
  ['src/services/d.ts', 'vitest', 'no-dev-packages-in-the-product'],
  ['src/services/e.ts', 'nobody-named-it', 'known-packages-only'],
  ['src/services/f.ts', 'src/services/gone.ts', 'no-unresolvable'],
  ['src/client/a.ts', 'src/domain/a.ts', 'layer-client'],
  ['src/client/b.ts', 'node:crypto', 'client-stands-alone'],
  ['web/a.tsx', 'src/api/a.ts', 'page-sees-the-client-only'],
  ['src/api/d.ts', 'uWebSockets.js', 'owner-of-uWebSockets.js'],
  ['src/adapters/uws/c.ts', 'ws', 'owner-of-ws'],
  ['src/app/f.ts', 'uws-pack', 'owner-of-uws-pack'],
  ['src/app/d.ts', 'ioredis', 'owner-of-ioredis'],
  ['src/app/e.ts', 'cluster-key-slot', 'owner-of-cluster-key-slot'],
  ['src/adapters/redis/f.ts', 'node-rdkafka', 'owner-of-node-rdkafka'],
  ['src/adapters/kafka/b.ts', 'mongodb', 'owner-of-mongodb'],
  ['src/adapters/mongo/b.ts', '@mikro-orm/core', 'owner-of-@mikro-orm'],
  ['src/adapters/mysql/c.ts', 'libsql', 'owner-of-libsql'],
  ['src/roles/f.ts', 'cockatiel', 'owner-of-cockatiel'],
  ['src/app/e.ts', 'pino', 'owner-of-pino'],
  ['src/roles/g.ts', 'prom-client', 'owner-of-prom-client'],
];

/** Two files that import each other. */
const CYCLE = ['src/services/cycle-a.ts', 'src/services/cycle-b.ts'];

/** Imports that the rules have to allow. */
const ALLOWED = [
  ['src/main.ts', 'src/cli.ts'],
  ['src/cli.ts', 'src/app/a.ts'],
  ['src/app/a.ts', 'src/adapters/redis/a.ts'],
  ['src/app/a.ts', 'src/api/a.ts'],
  ['src/app/a.ts', 'src/roles/a.ts'],
  ['src/roles/a.ts', 'src/api/a.ts'],
  ['src/roles/a.ts', 'src/streams/a.ts'],
  ['src/roles/a.ts', 'src/services/a.ts'],
  ['src/resilience/a.ts', 'cockatiel'],
  ['src/telemetry/a.ts', 'pino'],
  ['src/app/a.ts', 'src/config.ts'],
  ['src/api/a.ts', 'src/streams/a.ts'],
  ['src/adapters/redis/a.ts', 'ioredis'],
  ['src/adapters/mysql/a.ts', 'src/adapters/sql/a.ts'],
  ['src/adapters/embedded/a.ts', 'src/adapters/sql/a.ts'],
  ['src/adapters/sql/a.ts', '@mikro-orm/core'],
  ['src/adapters/sql/a.ts', 'migrations/a.ts'],
  ['src/adapters/uws/a.ts', 'uWebSockets.js'],
  ['src/adapters/uws/a.ts', 'src/adapters/http/a.ts'],
  ['src/adapters/node-http/a.ts', 'src/adapters/http/a.ts'],
  ['src/adapters/node-http/a.ts', 'ws'],
  ['src/adapters/redis/a.ts', 'src/adapters/common.ts'],
  ['src/adapters/embedded/a.ts', 'src/adapters/common.ts'],
  ['src/adapters/uws/a.ts', 'src/adapters/common.ts'],
  ['src/streams/a.ts', 'src/resilience/a.ts'],
  ['src/streams/a.test.ts', 'test/support/a.ts'],
  ['src/streams/a.test.ts', 'vitest'],
  ['migrations/a.ts', '@mikro-orm/core'],
  ['bench/a.ts', 'uWebSockets.js'],
  ['web/a.tsx', 'src/client/index.ts'],
  ['src/client/index.test.ts', 'vitest'],
];

const DEPENDENCIES = [
  ...[
    'uWebSockets.js',
    'uws-pack',
    'ws',
    'ioredis',
    'cluster-key-slot',
    'node-rdkafka',
    'mongodb',
    '@mikro-orm/core',
    'libsql',
  ],
  ...['cockatiel', 'pino', 'prom-client'],
];
const DEV_DEPENDENCIES = ['vitest'];
const UNNAMED = ['nobody-named-it'];

let root;
let violations;

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'floodgate-rules-')));
  plant(root);
  const { tsConfig: _, ...options } = config.options;
  const folders = ['src', 'migrations', 'test', 'bench', 'web'];
  const ruleSet = { forbidden: config.forbidden };
  const { output } = await cruise(folders, { ...options, baseDir: root, validate: true, ruleSet });
  violations = output.summary.violations.map(({ from, to, rule }) => ({ from, to, rule: rule.name }));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the import rules', () => {
  it.each(FORBIDDEN)('reject that %s imports %s (%s)', (from, to, rule) => {
    const broken = violations.filter((violation) => violation.from === from && pointsTo(violation.to, to));
    expect(broken.map((violation) => violation.rule)).toContain(rule);
  });

  it('reject a cycle', () => {
    expect(violations).toContainEqual(expect.objectContaining({ from: CYCLE[0], to: CYCLE[1], rule: 'no-cycles' }));
  });

  it.each(ALLOWED)('allow that %s imports %s', (from, to) => {
    expect(violations.filter((violation) => violation.from === from && pointsTo(violation.to, to))).toEqual([]);
  });

  it('are each tested by an import here', () => {
    const proved = new Set([...FORBIDDEN.map(([, , rule]) => rule), 'no-cycles']);
    expect(config.forbidden.map((rule) => rule.name).filter((name) => !proved.has(name))).toEqual([]);
  });
});

/** Unresolvable imports are reported as written, packages by a path inside node_modules. */
function pointsTo(reported, target) {
  return reported === target || reported.includes(`node_modules/${target}/`) || target.endsWith(reported.slice(2));
}

function plant(folder) {
  const imports = new Map();
  const add = (from, to) => imports.set(from, [...(imports.get(from) ?? []), to]);
  for (const [from, to] of [...FORBIDDEN, ...ALLOWED, CYCLE, CYCLE.toReversed()]) {
    add(from, to);
    if (isFile(to) && !to.endsWith('gone.ts') && !imports.has(to)) imports.set(to, []);
  }
  for (const [file, targets] of imports) {
    const lines = targets.map((target) => `import '${isFile(target) ? relativePath(file, target) : target}';\n`);
    write(folder, file, `${lines.join('')}export {};\n`);
  }
  for (const name of [...DEPENDENCIES, ...DEV_DEPENDENCIES, ...UNNAMED]) {
    write(folder, `node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(folder, `node_modules/${name}/index.js`, '');
  }
  const versions = (names) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const manifest = { dependencies: versions(DEPENDENCIES), devDependencies: versions(DEV_DEPENDENCIES) };
  write(folder, 'package.json', JSON.stringify(manifest));
}

function isFile(target) {
  return target.endsWith('.ts');
}

function relativePath(from, to) {
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

function write(folder, path, content) {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}
