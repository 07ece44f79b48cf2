import { BadResponseError } from '../../src/ports/handler.ts';
import type { GeoPlatform, GeoSample, GeoSeries } from './geo-record.ts';
import { readSoftLine, type SoftLine, softLines } from './soft-lines.ts';
import { platformOf, type SoftBlock, sampleOf, seriesOf } from './soft-records.ts';

/** One whole record of SOFT text. */
export type SoftEntity =
  | { readonly type: 'series'; readonly series: GeoSeries }
  | { readonly type: 'platform'; readonly platform: GeoPlatform }
  | { readonly type: 'sample'; readonly sample: GeoSample };

/** Lists of everything in GEO that uses a platform (6,762 lines for the small GPL9115), which nobody reads. */
const SKIPPED_KEYS: Readonly<Record<string, ReadonlySet<string>>> = {
  PLATFORM: new Set(['sample_id', 'series_id', 'relation']),
};

/**
 * Reads SOFT text (family file, acc.cgi) as a stream: one record in memory at a time, table bodies never kept.
 * Records come in the order of the text; `^DATABASE` and other entities are passed over. Text that is cut inside a
 * record gives the whole records before it, then a `BadResponseError` that names the cut one. A cut between two
 * records cannot be seen here: compare with `series.samples`.
 */
export async function* parseSoft(chunks: AsyncIterable<string>): AsyncGenerator<SoftEntity> {
  const state: SoftState = { block: null, inTable: false, samplesWithRowCount: 0 };
  for await (const { line, tail } of softLines(chunks)) {
    if (tail) throw cutIn(state.block, 'its last line has no end');
    const entity = take(state, readSoftLine(line), line);
    if (entity !== null) yield entity;
  }
  const last = finish(state);
  if (last !== null) yield last;
}

/** Where the reading of a text stands. */
interface SoftState {
  /** The entity whose lines are being read. */
  block: SoftBlock | null;
  inTable: boolean;
  /** Samples so far that had a `data_row_count`. */
  samplesWithRowCount: number;
}

/** Takes the next line; gives the record that it completes. */
function take(state: SoftState, line: SoftLine | null, text: string): SoftEntity | null {
  const { block } = state;
  if (block === null || (!state.inTable && (line?.type === 'entity' || isBrokenEntity(line, text)))) {
    return open(state, line, text);
  }
  if (line?.type === 'table') state.inTable = line.edge === 'begin';
  // A row of a table may begin with "!" or "^".
  else if (!state.inTable && line?.type === 'attribute') addAttribute(block, line.key, line.value);
  return null;
}

/** Opens an entity and closes the one before it. */
function open(state: SoftState, line: SoftLine | null, text: string): SoftEntity | null {
  if (line?.type !== 'entity' || line.accession === '') throw notSoft(text, state.block);
  const whole = state.block === null ? null : close(state, state.block);
  state.block = { kind: line.kind, accession: line.accession, attributes: new Map() };
  return whole;
}

function close(state: SoftState, block: SoftBlock): SoftEntity | null {
  if (state.inTable) throw cutIn(block, 'its table does not end');
  if (isRecord(block) && block.attributes.size === 0) throw cutIn(block, 'it has no lines');
  if (block.kind === 'SAMPLE' && block.attributes.has('data_row_count')) state.samplesWithRowCount++;
  return entityOf(block);
}

/** Gives the last record. */
function finish(state: SoftState): SoftEntity | null {
  const { block } = state;
  if (block === null) throw cutIn(null, '');
  // GEO ends every sample with its row count (1,029 of 1,029 recorded ones): where the others have it, a last one
  // without it was cut at the end of a line.
  const isShort = block.kind === 'SAMPLE' && state.samplesWithRowCount > 0 && !block.attributes.has('data_row_count');
  if (isShort && !state.inTable) throw cutIn(block, 'its last lines are missing');
  return close(state, block);
}

function cutIn(block: SoftBlock | null, why: string): BadResponseError {
  if (block === null) return new BadResponseError('GEO sent no SOFT text: it does not begin with "^"');
  return new BadResponseError(`GEO's text is cut inside ${block.accession}: ${why}`, {
    fields: { kind: 'cut', id: block.accession },
  });
}

function notSoft(text: string, block: SoftBlock | null): BadResponseError {
  const where = block === null ? 'at its beginning' : `in ${block.accession}`;
  return new BadResponseError(`GEO's text holds a line that is no SOFT ${where}: "${text.trim().slice(0, 60)}"`, {
    fields: { id: block?.accession ?? null },
  });
}

function addAttribute(block: SoftBlock, key: string, value: string): void {
  if (SKIPPED_KEYS[block.kind]?.has(key) === true) return;
  const values = block.attributes.get(key);
  if (values === undefined) block.attributes.set(key, [value]);
  else values.push(value);
}

/** `^SAMPLE` without an accession: what follows would be taken for the record before it. */
function isBrokenEntity(line: SoftLine | null, text: string): boolean {
  return line === null && /^\^(?:SERIES|PLATFORM|SAMPLE)\b/i.test(text);
}

function isRecord(block: SoftBlock): boolean {
  return block.kind === 'SERIES' || block.kind === 'PLATFORM' || block.kind === 'SAMPLE';
}

function entityOf(block: SoftBlock): SoftEntity | null {
  if (block.kind === 'SERIES') return { type: 'series', series: seriesOf(block) };
  if (block.kind === 'PLATFORM') return { type: 'platform', platform: platformOf(block) };
  if (block.kind === 'SAMPLE') return { type: 'sample', sample: sampleOf(block) };
  return null;
}
