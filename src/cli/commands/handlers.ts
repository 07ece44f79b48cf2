import { UsageError } from '../../errors/usage-error.ts';
import type { App } from '../app-type.ts';
import { arrangeHandlers, switchHandler } from '../change-handlers.ts';
import type { CommandInput } from '../command-type.ts';
import { isSet, optionalText } from '../flag-values.ts';
import { newPlugin } from '../new-plugin.ts';
import { printHandler, printHandlers } from '../print-handlers.ts';
import { type TestOptions, testPlugin } from '../test-plugin.ts';

/** What `celline handlers` was asked. */
export type HandlersOptions =
  | { readonly action: 'list' }
  | { readonly action: 'show' | 'enable' | 'disable' | 'new'; readonly name: string }
  | { readonly action: 'order'; readonly names: readonly string[] }
  | ({ readonly action: 'test' } & TestOptions);

/** Flags to options. */
export function parse({ args, flags }: CommandInput): HandlersOptions {
  const [action = 'list', ...names] = args;
  if (action !== 'test' && (isSet(flags, 'live') || flags.fixture !== undefined)) {
    throw new UsageError(`handlers ${action} takes neither --live nor --fixture.`, {
      hint: 'celline handlers test lab --live',
    });
  }
  if (action === 'list') {
    if (names.length === 0) return { action };
    throw new UsageError('handlers list takes no name.', { hint: `celline handlers show ${names[0]}` });
  }
  if (action === 'order') {
    if (names.length > 0) return { action, names };
    throw new UsageError('handlers order needs names.', { hint: 'celline handlers order lab geo' });
  }
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new UsageError(`handlers ${action} takes one name.`, { hint: `celline handlers ${action} lab` });
  }
  if (action !== 'test') return { action: action as 'show' | 'enable' | 'disable' | 'new', name };
  return { action, name, isLive: isSet(flags, 'live'), ...optionalText(flags, 'fixture') };
}

/** Shows, changes, writes or tests handlers. */
export async function run(options: HandlersOptions, app: App): Promise<number> {
  switch (options.action) {
    case 'list':
      return printHandlers(app);
    case 'show':
      return printHandler(options.name, app);
    case 'enable':
    case 'disable':
      return switchHandler(options.name, options.action === 'enable', app);
    case 'order':
      return arrangeHandlers(options.names, app);
    case 'new':
      return newPlugin(options.name, app);
    case 'test':
      return testPlugin(options, app);
    default:
      return options satisfies never;
  }
}
