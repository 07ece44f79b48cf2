import { jsonText, type PrintRow } from '../formats/cell.ts';
import type { HandlerInfo } from '../project/project.ts';
import type { App } from './app-type.ts';
import { EXIT } from './exit-code.ts';
import { findHandler } from './find-handler.ts';
import { outputFormat } from './output-format.ts';
import { printRows, printText } from './print-rows.ts';

/** Prints the handlers, first asked first, then those that are disabled or cannot be used; JSON has everything about them. */
export async function printHandlers(app: App): Promise<number> {
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

/** Prints everything about one handler. */
export async function printHandler(name: string, app: App): Promise<number> {
  const handler = await findHandler(name, app);
  if (outputFormat(app.globals, app.stdout.isTerminal) === 'json') {
    await printText(app, `${jsonText(handlerDocument(handler), 2)}\n`);
    return EXIT.ok;
  }
  const { patterns, hosts, ...facts } = handler;
  const rows: PrintRow[] = [
    ...Object.entries({ ...facts, unavailable: facts.unavailable ?? 'no' }).map(([field, value]) => ({ field, value })),
    ...patterns.map(({ level, pattern, example }) => ({ field: level, value: `${pattern.source} (${example})` })),
    ...hosts.map(({ host, operator, perSecond, source }) => ({
      field: 'host',
      value: `${host}: ${perSecond} per second at ${operator} (${source})`,
    })),
  ];
  await printRows(app, { columns: [{ name: 'field' }, { name: 'value', wraps: true }] }, [rows]);
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
    state: handler.unavailable ?? handler.state,
    description,
  };
}

/** Patterns as text, which JSON can hold. */
function handlerDocument(handler: HandlerInfo): object {
  const patterns = handler.patterns.map((one) => ({ ...one, pattern: one.pattern.source }));
  return { ...handler, patterns };
}
