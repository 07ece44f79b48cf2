/** A JSON Schema as far as ours goes. */
export type Schema = Readonly<Record<string, unknown>> | boolean;

type Check = (rule: never, value: unknown, schema: Readonly<Record<string, unknown>>, root: Schema) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
};

/** The keywords of draft 2020-12 that are used; one that is not here is an error, never a value that passes. */
const CHECKS: Readonly<Record<string, Check>> = {
  type: (rule: string, value) => TYPES[rule]?.(value) ?? false,
  enum: (rule: readonly unknown[], value) => rule.includes(value),
  const: (rule: unknown, value) => rule === value,
  minimum: (rule: number, value) => typeof value !== 'number' || value >= rule,
  maximum: (rule: number, value) => typeof value !== 'number' || value <= rule,
  exclusiveMinimum: (rule: number, value) => typeof value !== 'number' || value > rule,
  minLength: (rule: number, value) => typeof value !== 'string' || [...value].length >= rule,
  pattern: (rule: string, value) => typeof value !== 'string' || new RegExp(rule, 'u').test(value),
  items: (rule: Schema, value, _schema, root) =>
    !Array.isArray(value) || value.every((one) => isValid(one, rule, root)),
  required: (rule: readonly string[], value) => !isObject(value) || rule.every((key) => Object.hasOwn(value, key)),
  properties: (rule: Readonly<Record<string, Schema>>, value, _schema, root) =>
    !isObject(value) ||
    Object.entries(rule).every(([key, below]) => !Object.hasOwn(value, key) || isValid(value[key], below, root)),
  additionalProperties: (rule: Schema, value, { properties = {} }, root) =>
    !isObject(value) ||
    Object.keys(value).every((key) => Object.hasOwn(properties as object, key) || isValid(value[key], rule, root)),
  propertyNames: (rule: Schema, value, _schema, root) =>
    !isObject(value) || Object.keys(value).every((key) => isValid(key, rule, root)),
  anyOf: (rule: readonly Schema[], value, _schema, root) => rule.some((one) => isValid(value, one, root)),
  not: (rule: Schema, value, _schema, root) => !isValid(value, rule, root),
  $ref: (rule: string, value, _schema, root) => {
    if (rule !== '#') throw new Error(`a reference to ${rule}`);
    return isValid(value, root, root);
  },
};

const TEXTS: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'default']);

/** True when a JSON value is as a schema wants it. Written from the specification, apart from what made the schema. */
export function isValid(value: unknown, schema: Schema, root: Schema = schema): boolean {
  if (typeof schema === 'boolean') return schema;
  return Object.entries(schema).every(([keyword, rule]) => {
    if (TEXTS.has(keyword)) return true;
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`the keyword ${keyword} is not known here`);
    return check(rule as never, value, schema, root);
  });
}
