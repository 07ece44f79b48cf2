import { jsonText, type PrintRow } from '../../formats/cell.ts';
import type { RecordView } from '../../project/project.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { exitCodeOfFound } from '../exit-code.ts';
import { outputFormat } from '../output-format.ts';
import { printRows, printText } from '../print-rows.ts';
import { type IdSources, idSources, readIds } from '../read-ids.ts';
import { recordText } from '../render/record-text.ts';
import { sayNotStored } from '../say-not-stored.ts';

/** What `celline show` was asked. */
export interface ShowOptions {
  readonly sources: IdSources;
}

/** Flags to options. */
export function parse(input: CommandInput): ShowOptions {
  return { sources: idSources(input) };
}

/** Prints all that is stored about the records: text for a person, one document for JSON, one row per field elsewhere. */
export async function run(options: ShowOptions, app: App): Promise<number> {
  const names = await readIds(options.sources, app);
  const project = await app.openProject();
  const views: RecordView[] = [];
  const unknown: string[] = [];
  for await (const { name, views: found } of project.showAll(names)) {
    if (found.length === 0) unknown.push(name);
    views.push(...found);
  }
  await printViews(views, app);
  await sayNotStored(unknown, app);
  return exitCodeOfFound(names.length - unknown.length, unknown.length);
}

async function printViews(views: readonly RecordView[], app: App): Promise<void> {
  const format = outputFormat(app.globals, app.stdout.isTerminal);
  if (format === 'json') return printText(app, `${jsonText(views, 2)}\n`);
  if (format === 'ndjson') return printText(app, views.map((view) => `${jsonText(view)}\n`).join(''));
  if (format === 'table') {
    const { columns, paint } = app.stdout;
    const width = app.globals.output === undefined ? columns : Number.POSITIVE_INFINITY;
    return printText(app, views.map((view) => recordText(view, width, paint)).join('\n'));
  }
  const columns = [{ name: 'kind' }, { name: 'key' }, { name: 'field' }, { name: 'value' }];
  await printRows(app, { columns }, [views.flatMap(fieldRows)]);
}

/** One row per field of the record, per note, per link, per run and per file. */
function fieldRows({ kind, record, links, runs, files, samples, notes }: RecordView): PrintRow[] {
  const { key } = record;
  const row = (field: string, value: PrintRow[string]): PrintRow => ({ kind, key, field, value });
  return [
    ...Object.entries(record).map(([field, value]) => row(field, value)),
    ...notes.map((note) => row(`note:${note.name}`, note.value)),
    ...links.map((link) => row(`link:${link.kind}`, link.alias)),
    ...samples.map((sample) => row('sample', sample.key)),
    ...runs.map((run) => row('run', run.key)),
    ...files.map((file) => row('file', file.key)),
  ];
}
