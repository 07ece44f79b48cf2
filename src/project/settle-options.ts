import type { Config } from '../config/schema.ts';
import { ConfigError } from '../errors/config-error.ts';
import { errorMessage } from '../errors/error-message.ts';
import { PluginError } from '../errors/plugin-error.ts';
import type { OptionsSchema, StandardResult } from '../ports/handler.ts';
import type { PluginHandler } from './open-plugins.ts';

type Options = Readonly<Record<string, unknown>>;

/**
 * The options of a plug-in's handler: those beside its module in `plugins`, under those of `handlers.<name>.options`, settled
 * by its own schema. A `ConfigError` names the option that is wrong.
 */
export async function settleOptions(
  { handler, source }: PluginHandler,
  name: string,
  config: Config,
): Promise<Options> {
  const given = { ...source.options, ...config.handlers[name]?.options };
  if (handler.options === undefined) return given;
  const settled = await parsed(handler.options, given, name);
  if (typeof settled === 'object' && settled !== null && !Array.isArray(settled)) return settled as Options;
  throw new PluginError(`its schema gave no options for ${name}`, { fields: { handler: name } });
}

async function parsed(schema: OptionsSchema, options: Options, name: string): Promise<unknown> {
  if ('~standard' in schema) return settledBy(await schema['~standard'].validate(options), name);
  try {
    return schema.parse(options);
  } catch (error) {
    const why = errorMessage(error);
    throw refusal(name, [], why, error);
  }
}

function settledBy(result: StandardResult, name: string): unknown {
  if (result.issues === undefined) return result.value;
  const [issue] = result.issues;
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  throw refusal(name, path, issue?.message ?? 'is not allowed');
}

function refusal(name: string, path: readonly string[], why: string, cause?: unknown): ConfigError {
  const key = ['handlers', name, 'options', ...path].join('.');
  return new ConfigError(`${key}: ${why}`, { hint: `The handler ${name} says so.`, fields: { key }, cause });
}
