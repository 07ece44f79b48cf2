import { UsageError } from '../../errors/usage-error.ts';
import type { PrintColumn, PrintRow } from '../../formats/cell.ts';
import type { SearchAnswer } from '../../project/project.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT, exitCodeOfOutcomes } from '../exit-code.ts';
import { isSet, optionalNumber, optionalText } from '../flag-values.ts';
import { writeData } from '../open-data.ts';
import { printRows } from '../print-rows.ts';
import { plural } from '../render/plural.ts';

/** What `celline search` was asked. */
export interface SearchOptions {
  /** Values by field, as the archive calls them. */
  readonly query: Readonly<Record<string, string>>;
  readonly handler?: string;
  readonly limit?: number;
  /** Ids alone, one per line. */
  readonly idsOnly: boolean;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): SearchOptions {
  return {
    query: Object.fromEntries(args.map(readField)),
    ...optionalText(flags, 'handler'),
    ...optionalNumber(flags, 'limit', { least: 1, isWhole: true }),
    idsOnly: isSet(flags, 'idsOnly'),
  };
}

function readField(text: string): [string, string] {
  const [, name, value] = /^\s*([^=\s][^=]*?)\s*=\s*(.*?)\s*$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined && value !== '') return [name, value];
  throw new UsageError(`"${text}" is no field with a value.`, {
    hint: 'celline search tissue=brain "organism=Homo sapiens"',
  });
}

/** Prints what the archives found. An archive that gave no answer is told, and makes the exit code. */
export async function run({ idsOnly, query, ...options }: SearchOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const answer = await project.search(query, options);
  if (idsOnly && app.globals.format === undefined) await printIds(answer, app);
  else await printHits(answer, idsOnly, app);
  for (const { handler, outcome, reason } of answer.failed) await app.say(`${handler}: ${outcome}: ${reason}`);
  const { failed, hits, asked } = answer;
  await app.say(`Found ${plural(hits.length, 'id')} at ${asked.join(', ')}.`);
  if (failed.length === 0) return EXIT.ok;
  if (failed.length < asked.length) return EXIT.partial;
  return exitCodeOfOutcomes(failed.map(({ outcome }) => outcome));
}

async function printIds({ hits }: SearchAnswer, app: App): Promise<void> {
  await writeData(app, async (sink) => sink.write(hits.map(({ id }) => `${id}\n`).join('')));
}

async function printHits({ hits }: SearchAnswer, idsOnly: boolean, app: App): Promise<void> {
  const first = ['id', ...(idsOnly ? [] : ['title', 'handler'])];
  const further = new Set(idsOnly ? [] : hits.flatMap((hit) => Object.keys(hit)));
  const columns: PrintColumn[] = [...new Set([...first, ...further])].map((name) => ({ name }));
  await printRows(app, { columns }, [hits.map((hit) => rowOf(hit, columns))]);
}

function rowOf(hit: SearchAnswer['hits'][number], columns: readonly PrintColumn[]): PrintRow {
  return Object.fromEntries(columns.map(({ name }) => [name, cellOf(hit[name])]));
}

/** What a handler gives beside the id may be anything. */
function cellOf(value: unknown): PrintRow[string] {
  if (value === undefined || value === null) return null;
  if (['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return value as PrintRow[string];
  return Array.isArray(value) || typeof value === 'object' ? (value as PrintRow[string]) : String(value);
}
