/** One entity of SOFT text, its lines without table rows. */
export interface PlainSoft {
  readonly kind: string;
  readonly accession: string;
  /** The lines as they are, `^KIND = accession` first, tables left out. */
  readonly lines: readonly string[];
  /** Path of the recording. */
  readonly from: string;
}

/** Cuts SOFT text at its entities. Data tables and their column descriptions are left out. */
export function plainSoft(text: string, from: string): PlainSoft[] {
  const found: { kind: string; accession: string; lines: string[]; from: string }[] = [];
  let isTable = false;
  for (const raw of text.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const head = /^\^(SERIES|SAMPLE|PLATFORM|DATABASE|DATASET|SUBSET|ANNOTATION) ?= ?(.*)$/i.exec(line);
    if (head !== null && !isTable) {
      found.push({ kind: head[1] ?? '', accession: (head[2] ?? '').trim(), lines: [line], from });
    } else if (/^!\w+_table_begin/i.test(line)) isTable = true;
    else if (/^!\w+_table_end/i.test(line)) isTable = false;
    else if (!isTable && line.startsWith('!')) found.at(-1)?.lines.push(line);
  }
  return found;
}

/** Values of a key (without its `!Sample_` prefix) in the order of the lines; empty values left out. */
export function softValues(entity: PlainSoft, key: string): string[] {
  return softPairs(entity).flatMap(([name, value]) => (name === key && value !== '' ? [value] : []));
}

/** Keys without their prefix and values, in order. The names of GEO's first years are given their present form. */
export function softPairs(entity: PlainSoft): [string, string][] {
  return entity.lines.slice(1).flatMap((line): [string, string][] => {
    const match = /^!\w+?_(\S+?) ?=(.*)$/.exec(line);
    if (match === null) return [];
    const key = match[1] ?? '';
    // Control characters are no part of any text, here or in the records.
    const value = (match[2] ?? '').trim().replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
    if (key === 'organism' && entity.kind === 'SAMPLE') return [['organism_ch1', value]];
    const source = /^target_source([12]?)$/.exec(key);
    return [[source === null ? key : `source_name_ch${source[1] || '1'}`, value]];
  });
}

/** `tissue: liver` as name and value; a line without a name has the name `characteristics`. */
export function characteristic(line: string): [string, string] {
  const at = line.search(/:(?: |$)/);
  if (at <= 0) return ['characteristics', line];
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
