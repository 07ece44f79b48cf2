import { cellText } from '../../formats/cell.ts';
import { printable } from '../../formats/printable.ts';
import type { RecordView } from '../../project/project.ts';
import type { FileRow } from '../../records/file.ts';
import type { RunRow } from '../../records/run.ts';
import type { CellValue } from '../../records/table.ts';
import { byteSize } from './byte-size.ts';
import { displayWidth, pad, truncate } from './display-width.ts';
import type { Paint } from './paint.ts';
import { plural } from './plural.ts';
import { wrap, wrapLine } from './wrap.ts';

/** Members of a list that are shown; JSON has them all. */
const MAX_MEMBERS = 20;
/** Where a record comes from: the last block. */
const PROVENANCE: readonly string[] = ['handler', 'fetched_at', 'created_at', 'updated_at'];
/** Fields that the headline shows, or the lists below; a hash is for programs. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'key',
  'title',
  'children',
  'raw_link',
  'response_hash',
  ...PROVENANCE,
]);

/** Everything stored about one record, for a person: headline, fields, notes, names, samples, runs with their files, provenance. */
export function recordText(view: RecordView, width: number, paint: Paint): string {
  const { record, kind } = view;
  const title = record.title === null ? '' : `  ${printable(record.title)}`;
  const lines = [truncate(`${record.key}  ${kind}${title}`, width)];
  const fields = Object.entries(record as unknown as Record<string, CellValue>).filter(
    ([name, value]) => value !== null && value !== '' && !ELSEWHERE.has(name),
  );
  lines.push(...block(fields, width, paint));
  const body = [
    ...lines.slice(1),
    ...noteLines(view, width, paint),
    ...linkLines(view, width, paint),
    ...memberLines(view, width, paint),
    ...provenanceLines(record as unknown as Record<string, CellValue>, width, paint),
  ];
  return `${[paint.strong(lines[0] ?? ''), ...body].join('\n')}\n`;
}

/** Fields under each other, their names at the left. */
function block(fields: readonly (readonly [name: string, value: CellValue])[], width: number, paint: Paint): string[] {
  const labelWidth = Math.max(0, ...fields.flatMap(([name, value]) => labels(name, value)).map(displayWidth));
  return fields.flatMap(([name, value]) => fieldLines(name, value, { labelWidth, width, paint }));
}

function noteLines({ notes }: RecordView, width: number, paint: Paint): string[] {
  if (notes.length === 0) return [];
  const fields = notes.map(({ name, value }) => [printable(name), value] as const);
  return [paint.strong(plural(notes.length, 'note')), ...block(fields, width, paint)];
}

function provenanceLines(record: Readonly<Record<string, CellValue>>, width: number, paint: Paint): string[] {
  const known = PROVENANCE.flatMap((name) => {
    const value = record[name] ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  return known.length === 0 ? [] : [paint.strong('provenance'), ...block(known, width, paint)];
}

interface FieldStyle {
  readonly labelWidth: number;
  readonly width: number;
  readonly paint: Paint;
}

/** The names that stand at the left of a field: its own, and those of its parts. */
function labels(name: string, value: CellValue): string[] {
  return isParts(value) ? [name, ...Object.keys(value).map((part) => `  ${printable(part)}`)] : [name];
}

function fieldLines(name: string, value: CellValue, style: FieldStyle): string[] {
  if (!isParts(value)) return labelled(name, cellText(value) ?? '', style);
  const parts = Object.entries(value).flatMap(([part, values]) =>
    labelled(`  ${printable(part)}`, values.join(', '), style),
  );
  return [`  ${style.paint.faint(name)}`, ...parts];
}

function labelled(label: string, text: string, { labelWidth, width, paint }: FieldStyle): string[] {
  const [first = '', ...more] = wrap(printable(text), Math.max(10, width - labelWidth - 4));
  return [
    `  ${paint.faint(pad(label, labelWidth, 'right'))}  ${first}`,
    ...more.map((line) => ' '.repeat(labelWidth + 4) + line),
  ];
}

function isParts(value: CellValue): value is { readonly [name: string]: readonly string[] } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function linkLines({ links }: RecordView, width: number, paint: Paint): string[] {
  if (links.length === 0) return [];
  return [
    paint.strong('links'),
    ...[...groupByKind(links)].flatMap(([kind, aliases]) => wrapLine(`  ${kind}  ${limited(aliases)}`, width, 4)),
  ];
}

function groupByKind(links: RecordView['links']): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { kind, alias } of links) groups.set(kind, [...(groups.get(kind) ?? []), alias]);
  return groups;
}

function memberLines({ runs, files, samples, record }: RecordView, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  if (samples.length > 0) {
    lines.push(paint.strong(plural(samples.length, 'sample')));
    for (const { key, title } of samples.slice(0, MAX_MEMBERS)) {
      lines.push(truncate(`  ${key}  ${printable(title ?? '')}`.trimEnd(), width));
    }
    if (samples.length > MAX_MEMBERS) lines.push(`  … and ${plural(samples.length - MAX_MEMBERS, 'more sample')}`);
  }
  if (runs.length > 0) lines.push(paint.strong(plural(runs.length, 'run')));
  for (const run of runs.slice(0, MAX_MEMBERS)) {
    lines.push(...wrapLine(runLine(run), width, 4));
    for (const file of files.filter(({ parent }) => parent === run.key))
      lines.push(...wrapLine(fileLine(file), width, 6));
  }
  if (runs.length > MAX_MEMBERS) lines.push(`  … and ${plural(runs.length - MAX_MEMBERS, 'more run')}`);
  const runKeys = new Set(runs.map(({ key }) => key));
  const own = files.filter(({ parent }) => !runKeys.has(parent));
  if (own.length > 0) lines.push(paint.strong(`${plural(own.length, 'file')} of ${record.key}`));
  for (const file of own.slice(0, MAX_MEMBERS)) lines.push(...wrapLine(fileLine(file), width, 6));
  if (own.length > MAX_MEMBERS) lines.push(`  … and ${plural(own.length - MAX_MEMBERS, 'more file')}`);
  return lines;
}

function runLine({ key, layout, spots, bases, instrument }: RunRow): string {
  const facts = [
    layout,
    spots === null ? null : `${spots.toLocaleString('en-US')} spots`,
    bases === null ? null : `${bases.toLocaleString('en-US')} bases`,
    instrument,
  ];
  return `  ${key}  ${facts.filter((fact) => fact !== null).join(', ')}`.trimEnd();
}

function fileLine({ name, role, origin, bytes, md5 }: FileRow): string {
  const facts = [role, origin, bytes === null ? null : byteSize(bytes), md5];
  return `    ${printable(name)}  ${facts.filter((fact) => fact !== null).join('  ')}`.trimEnd();
}

function limited(items: readonly string[]): string {
  const shown = items.slice(0, MAX_MEMBERS).join(', ');
  return items.length > MAX_MEMBERS
    ? `${shown} and ${(items.length - MAX_MEMBERS).toLocaleString('en-US')} more`
    : shown;
}
