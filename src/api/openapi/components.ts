import type { TSchema } from '@sinclair/typebox';
import { ProductPageSchema, ProductSchema } from '../catalogue/schema.ts';
import { MoneySchema } from '../http/common-schemas.ts';
import { ProblemSchema } from '../http/problem-schema.ts';
import { JobPageSchema, JobSchema } from '../jobs/schema.ts';
import { HealthSchema, ReadinessSchema, TimeSchema } from '../operations/schema.ts';
import { OrderPageSchema, OrderSchema } from '../orders/schema.ts';
import { ReportSchema } from '../sales/admin-schema.ts';
import { SalePageSchema, SaleSchema } from '../sales/schema.ts';
import { SettingsHistorySchema, SettingsSchema } from '../settings/schema.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Schemas that the document names once and refers to everywhere else. */
const COMPONENTS = {
  Money: MoneySchema,
  Order: OrderSchema,
  OrderPage: OrderPageSchema,
  Sale: SaleSchema,
  SalePage: SalePageSchema,
  Product: ProductSchema,
  ProductPage: ProductPageSchema,
  Job: JobSchema,
  JobPage: JobPageSchema,
  Report: ReportSchema,
  Settings: SettingsSchema,
  SettingsHistory: SettingsHistorySchema,
  Problem: ProblemSchema,
  Health: HealthSchema,
  Readiness: ReadinessSchema,
  Time: TimeSchema,
} as const satisfies Record<string, TSchema>;

const NAMES = new Map<unknown, string>(Object.entries(COMPONENTS).map(([name, schema]) => [schema, name]));

export function componentSchemas(): Json {
  return Object.fromEntries(Object.entries(COMPONENTS).map(([name, schema]) => [name, schemaObject(schema, name)]));
}

/** Plain JSON Schema; a component inside it becomes a reference, except the component `self` that is being written. */
export function schemaObject(schema: TSchema, self?: string): unknown {
  const text = JSON.stringify(schema, (_key, value: unknown) => {
    const name = NAMES.get(value);
    return name === undefined || name === self ? value : ref(name);
  });
  return JSON.parse(text);
}

export function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** The schema's description, for the objects of OpenAPI that carry one themselves. */
export function describe({ description }: TSchema): Json {
  return description === undefined ? {} : { description };
}
