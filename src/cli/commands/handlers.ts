import { jsonText, type PrintRow } from '../../formats/cell.ts';
import type { HandlerInfo } from '../../project/project.ts';
import type { App } from '../app-type.ts';
import { EXIT } from '../exit-code.ts';
import { outputFormat } from '../output-format.ts';
import { printRows, printText } from '../print-rows.ts';

/** `celline handlers` takes no options. */
export type HandlersOptions = Readonly<Record<string, never>>;

/** Flags to options. */
export function parse(): HandlersOptions {
  return {};
}

/** Prints the handlers, first asked first; JSON has everything about them. */
export async function run(_options: HandlersOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const handlers = await project.handlers();
  if (outputFormat(app.globals, app.stdout.isTerminal) === 'json') {
    await printText(app, `${jsonText(handlers.map(handlerDocument), 2)}\n`);
    return EXIT.ok;
  }
  const names = ['name', 'priority', 'kind', 'source', 'examples', 'limits', 'auth', 'url', 'state', 'description'];
  const columns = names.map((name) => ({ name }));
  const forPeople = ['name', 'kind', 'examples', 'limits', 'auth', 'state'].map((name) => ({ name, wraps: true }));
  await printRows(app, { columns, tableColumns: forPeople }, [handlers.map(handlerRow)]);
  return EXIT.ok;
}

function handlerRow(handler: HandlerInfo): PrintRow {
  const { name, priority, source, auth, url, description } = handler;
  const limits = new Map(handler.hosts.map(({ operator, perSecond }) => [operator, perSecond]));
  return {
    name,
    priority,
    kind: handler.builtIn ? 'built-in' : 'plug-in',
    source,
    examples: handler.patterns.map(({ example }) => example).join(' '),
    limits: [...limits].map(([operator, perSecond]) => `${operator} ${perSecond}/s`).join(' '),
    auth,
    url,
    state: handler.unavailable ?? 'ready',
    description,
  };
}

/** Patterns as text, which JSON can hold. */
function handlerDocument(handler: HandlerInfo): object {
  const patterns = handler.patterns.map((one) => ({ ...one, pattern: one.pattern.source }));
  return { ...handler, patterns };
}
