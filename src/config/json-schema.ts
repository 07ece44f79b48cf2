import * as z from 'zod';
import { configSchema } from './schema.ts';

/** A JSON Schema object. */
export type JsonSchema = { readonly [key: string]: unknown };

/** The JSON Schema (draft 2020-12) of `celline.config.json`, for editors. Shipped as `docs/celline.config.schema.json`. */
export function jsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' }) as Record<string, unknown>;
  const properties = schema.properties as Record<string, Record<string, unknown>>;
  // A profile block holds the same keys as the file, but no blocks.
  const env = { ...properties.env, additionalProperties: { $ref: '#', not: { required: ['env'] } } };
  return { ...schema, title: 'celline.config.json', properties: { ...properties, env } };
}

/** The keys that may stand at a path: `['cache']` → `ttl`, `maxBytes`, …; none where any key may. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: JsonSchema | undefined = jsonSchema();
  for (const key of path) {
    const properties: unknown = schema?.properties;
    const own: unknown = isSchema(properties) ? properties[String(key)] : undefined;
    const next: unknown = own ?? schema?.additionalProperties;
    schema = isSchema(next) ? next : undefined;
  }
  return isSchema(schema?.properties) ? Object.keys(schema.properties) : [];
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}
