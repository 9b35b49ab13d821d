/**
 * Imports point one way:
 *
 *   main, cli -> app -> roles -> { api, streams, services } -> resilience -> ports -> domain
 *
 * Adapters implement ports and are chosen in app. Each row is a layer and what it may import besides itself. Type-only
 * imports count: a layer that needs another one's type depends on it. Unit tests keep to the rules of their folder.
 */
const INNER = ['domain', 'ports', 'resilience', 'streams', 'services'];

const LAYERS = {
  domain: [],
  client: [],
  ports: ['domain'],
  resilience: ['domain', 'ports'],
  streams: ['domain', 'ports', 'resilience'],
  services: ['domain', 'ports', 'resilience'],
  telemetry: ['domain', 'ports'],
  config: ['domain', 'ports'],
  api: INNER,
  roles: [...INNER, 'api'],
  adapters: [...INNER, 'telemetry'],
  app: [...INNER, 'telemetry', 'config', 'api', 'roles', 'adapters'],
  cli: [...INNER, 'telemetry', 'config', 'api', 'app'],
  main: ['domain', 'config', 'cli', 'telemetry', 'app'],
};

/** A layer is a folder of src, or a file of that name, or both. */
const pathOf = (layer) => `^src/${layer}(/|\\.ts$|\\.test\\.ts$)`;

const layerRules = Object.entries(LAYERS).map(([layer, others]) => ({
  name: `layer-${layer}`,
  comment: `${layer} may import ${others.length > 0 ? others.join(', ') : 'no other layer'}.`,
  severity: 'error',
  from: { path: pathOf(layer) },
  to: { path: '^(src|migrations)/', pathNot: [layer, ...others].map(pathOf).concat(migrationsOf(layer)) },
}));

/** The migrations are the SQL adapters' own, kept apart because they are append-only. */
function migrationsOf(layer) {
  return layer === 'adapters' ? ['^migrations/'] : [];
}

/** Which folder owns a package: all others reach it through a port or a helper. */
const OWNERS = {
  'uWebSockets.js': ['^src/adapters/uws/'],
  'uws-pack': ['^src/adapters/uws/'],
  ws: ['^src/adapters/node-http/'],
  ioredis: ['^src/adapters/redis/'],
  'cluster-key-slot': ['^src/adapters/redis/'],
  'node-rdkafka': ['^src/adapters/kafka/'],
  mongodb: ['^src/adapters/mongo/'],
  '@mikro-orm': ['^src/adapters/(sql|mysql|embedded)/', '^migrations/'],
  libsql: ['^src/adapters/(sql|embedded)/', '^migrations/'],
  cockatiel: ['^src/resilience/'],
  pino: ['^src/telemetry/'],
  'prom-client': ['^src/telemetry/'],
};

const ownerRules = Object.entries(OWNERS).map(([name, owners]) => ({
  name: `owner-of-${name}`,
  comment: `${name} is imported by its adapter alone.`,
  severity: 'error',
  from: { path: '^(src|migrations)/', pathNot: owners },
  to: { path: `(^|/)node_modules/${name.replaceAll('.', '\\.')}(/|$)|^${name.replaceAll('.', '\\.')}(/|$)` },
}));

export default {
  forbidden: [
    ...layerRules,
    ...ownerRules,
    {
      name: 'client-stands-alone',
      comment: 'The browser client is for others to take: it depends on nothing, Node included.',
      severity: 'error',
      from: { path: '^src/client/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^src/client/' },
    },
    {
      name: 'page-sees-the-client-only',
      comment: 'What the page knows of the server it learns from the contract.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|migrations|test|bench|dev)/', pathNot: '^src/client/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'adapters-apart',
      comment: 'An adapter never imports another, but for what the SQL stores share, and the fronts.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/', pathNot: '^src/adapters/(embedded|mysql|uws|node-http)/' },
      to: { path: '^src/adapters/[^/]+/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'adapters-common-ground',
      comment: 'A file beside the folders of adapters is for all of them, and needs none.',
      severity: 'error',
      from: { path: '^src/adapters/[^/]+$' },
      to: { path: '^src/adapters/[^/]+/' },
    },
    {
      name: 'sql-adapters-apart',
      comment: 'The SQL stores may import adapters/sql, and no other adapter.',
      severity: 'error',
      from: { path: '^src/adapters/(embedded|mysql)/' },
      to: { path: '^src/adapters/[^/]+/', pathNot: '^src/adapters/($1|sql)/' },
    },
    {
      name: 'front-adapters-apart',
      comment: 'The fronts may import adapters/http, and no other adapter.',
      severity: 'error',
      from: { path: '^src/adapters/(uws|node-http)/' },
      to: { path: '^src/adapters/[^/]+/', pathNot: '^src/adapters/($1|http)/' },
    },
    {
      name: 'main-is-the-end',
      comment: 'main.ts has effects when it is imported.',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { path: pathOf('main') },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration never changes, so it must not depend on code that does.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|test)/' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(test|bench|dev)/|\\.test\\.ts$' },
    },
    {
      name: 'no-dev-packages-in-the-product',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'known-packages-only',
      comment: 'A package that package.json does not name may be gone tomorrow.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
