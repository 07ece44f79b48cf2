import type { Config } from '../config/schema.ts';
import { errorMessage } from '../errors/error-message.ts';
import { PluginError } from '../errors/plugin-error.ts';
import type { OptionsSchema, StandardResult } from '../ports/handler.ts';
import type { PluginHandler } from './open-plugins.ts';

type Options = Readonly<Record<string, unknown>>;

/**
 * The options of a plug-in's handler: those beside its module in `plugins`, under those of `handlers.<name>.options`, settled
 * by its own schema. A `PluginError` names the option that is wrong.
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
    throw new PluginError(`handlers.${name}.options: ${why}`, { fields: { handler: name }, cause: error });
  }
}

function settledBy(result: StandardResult, name: string): unknown {
  if (result.issues === undefined) return result.value;
  const [issue] = result.issues;
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  throw new PluginError(`${['handlers', name, 'options', ...path].join('.')}: ${issue?.message ?? 'is not allowed'}`, {
    fields: { handler: name, option: path.join('.') },
  });
}
