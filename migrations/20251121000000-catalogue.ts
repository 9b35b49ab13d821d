import type { SchemaStep } from './schema-step.ts';

/** Products and sales. Identifiers compare byte by byte; the database's own default would take `A` for `a`. */
export const catalogue: SchemaStep = {
  name: 'Migration20251121000000',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS products (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        image_url TEXT,
        version INTEGER NOT NULL
      ) STRICT`,
      `CREATE TABLE IF NOT EXISTS sales (
        id TEXT NOT NULL PRIMARY KEY,
        product_id TEXT NOT NULL,
        title TEXT NOT NULL,
        description TEXT NOT NULL,
        image_url TEXT,
        price_amount INTEGER NOT NULL,
        price_currency TEXT NOT NULL,
        total INTEGER NOT NULL,
        per_buyer_limit INTEGER NOT NULL,
        opens_at INTEGER NOT NULL,
        closes_at INTEGER NOT NULL,
        pay_within_seconds INTEGER NOT NULL,
        status TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        version INTEGER NOT NULL
      ) STRICT`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS products (
        id VARCHAR(64) NOT NULL PRIMARY KEY,
        name VARCHAR(255) NOT NULL,
        description TEXT NOT NULL,
        image_url VARCHAR(2048) NULL,
        version INT NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      `CREATE TABLE IF NOT EXISTS sales (
        id VARCHAR(64) NOT NULL PRIMARY KEY,
        product_id VARCHAR(64) NOT NULL,
        title VARCHAR(255) NOT NULL,
        description TEXT NOT NULL,
        image_url VARCHAR(2048) NULL,
        price_amount BIGINT NOT NULL,
        price_currency CHAR(3) NOT NULL,
        total INT NOT NULL,
        per_buyer_limit INT NOT NULL,
        opens_at BIGINT NOT NULL,
        closes_at BIGINT NOT NULL,
        pay_within_seconds INT NOT NULL,
        status VARCHAR(10) NOT NULL,
        epoch INT NOT NULL,
        version INT NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
