import type { JsonObject } from '../../src/ports/handler.ts';
import { distinct } from './first-known.ts';

/**
 * Attribute names that name the tissue, best first. Counted in 2,000 sample records of GEO (SOFT, MINiML), SRA, ENA, DDBJ and
 * BioSample, without regard to case, blanks, `_` and `-`: tissue 869, organism part 167, isolation source 10, HMP body site 6,
 * host body habitat and host tissue sampled 1 each; the others are fields of the archives' own sample packages and
 * checklists, or spellings of these in single studies. `source_name` (514) is none of them: it is a cell line or a patient
 * as often as a tissue.
 */
const TISSUE_NAMES = [
  'tissue',
  'tissue type',
  'organism part',
  'tissue name',
  'tissue source',
  'source tissue',
  'tissue of origin',
  'tissue origin',
  'tissue/cell type',
  'tissue or cell type',
  'tissue/organ',
  'organ/tissue',
  'organ',
  'organ type',
  'tissue region',
  'tissue site',
  'brain region',
  'brain area',
  'anatomical site',
  'anatomic site',
  'anatomical location',
  'anatomical region',
  'anatomical part',
  'anatomy',
  'body site',
  'biopsy site',
  'sample site',
  'sampling site',
  'host tissue sampled',
  'host body site',
  'host body habitat',
  'plant body site',
  'misc_param: HMP body site',
  'sampled tissue',
  'tissue sampled',
  'sample tissue',
  'isolation source',
] as const;

/**
 * Attribute names that name the cell type, best first, counted as above: cell type 226 (beside cell_type and CellType); the
 * others are spellings of single studies. A cell line (67) is not a cell type.
 */
const CELL_TYPE_NAMES = [
  'cell type',
  'cell types',
  'cell type name',
  'celltype(s)',
  'targeted cell type',
  'sorted cell type',
  'source cell type',
  'cell type of origin',
  'cell type/subtype',
  'cell subtype',
  'cell sub-type',
  'cell subset',
  'cell population',
  'cells',
  'cell type/line',
  'cell type or line',
] as const;

/** Values that say nothing. Sources: INSDC's missing-value terms, and what submitters write instead of them. */
const PLACEHOLDERS = new Set([
  '',
  '-',
  '--',
  '.',
  '?',
  'missing',
  'not applicable',
  'not available',
  'not collected',
  'not determined',
  'not provided',
  'not recorded',
  'not specified',
  'restricted access',
  'unknown',
  'unspecified',
  'undetermined',
  'na',
  'n/a',
  'n.a.',
  'nd',
  'n.d.',
  'nan',
  'none',
  'nil',
  'null',
]);

const TISSUE_KEYS = TISSUE_NAMES.map(plainName);
const CELL_TYPE_KEYS = CELL_TYPE_NAMES.map(plainName);

/** The value of the attribute that names the tissue; several values (channels) joined with `, `. Null when none does. */
export function findTissue(attributes: JsonObject | null): string | null {
  return findByName(attributes, TISSUE_KEYS);
}

/** The value of the attribute that names the cell type; several values (channels) joined with `, `. Null when none does. */
export function findCellType(attributes: JsonObject | null): string | null {
  return findByName(attributes, CELL_TYPE_KEYS);
}

function findByName(attributes: JsonObject | null, ranked: readonly string[]): string | null {
  const entries = Object.entries(attributes ?? {});
  for (const key of ranked) {
    const values = entries.filter(([name]) => plainName(name) === key).flatMap(([, list]) => list);
    const telling = distinct(values.map((value) => value.trim())).filter((value) => !isPlaceholder(value));
    if (telling.length > 0) return telling.join(', ');
  }
  return null;
}

/** Without case, blanks, `_` and `-`: `Organism_part`, `organism part` and `OrganismPart` are one name. */
function plainName(name: string): string {
  return name.replace(/[\s_-]+/g, '').toLowerCase();
}

function isPlaceholder(value: string): boolean {
  const plain = value.toLowerCase();
  return (
    PLACEHOLDERS.has(plain) || /^(missing|not applicable|not collected|not provided|restricted access)\s*:/.test(plain)
  );
}
