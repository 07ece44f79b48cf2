import { join } from 'node:path';

/** Where the parts of a store are; everything is below the tables folder (`DB/`). */
export interface Layout {
  /** `DB` */
  readonly tables: string;
  /** `DB/.store/v1` */
  readonly root: string;
  /** `DB/.store/v1/segments` */
  readonly segments: string;
  /** `DB/.store/v1/manifest` */
  readonly manifests: string;
  /** `DB/.store/v1/format.json` */
  readonly format: string;
  /** Number of a recent manifest; a hint to begin at, never the truth. */
  readonly newest: string;
  /** When garbage was last collected: its time of change. */
  readonly collected: string;
  /** What readers and transactions hold back from garbage collection. */
  readonly pins: string;
  /** Signs of life of running jobs. */
  readonly jobs: string;
  /** Where DuckDB puts what does not fit into its memory. */
  readonly spill: string;
}

/** `DB` → the paths below it. */
export function storeLayout(dir: string): Layout {
  const root = join(dir, '.store', 'v1');
  return {
    tables: dir,
    root,
    segments: join(root, 'segments'),
    manifests: join(root, 'manifest'),
    format: join(root, 'format.json'),
    newest: join(root, 'manifest', 'newest'),
    collected: join(root, 'collected'),
    pins: join(root, 'pins'),
    jobs: join(root, 'jobs'),
    spill: join(root, 'spill'),
  };
}

/** 123 → `DB/.store/v1/manifest/000000123.json`. */
export function manifestPath(layout: Layout, sequence: number): string {
  return join(layout.manifests, `${String(sequence).padStart(9, '0')}.json`);
}

/** `000000123.json` → 123; null for other names. */
export function manifestNumber(name: string): number | null {
  const digits = /^(\d{9,})\.json$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** `GEO_SAMPLES` → `DB/GEO_SAMPLES.parquet`. */
export function plainPath(layout: Layout, name: string): string {
  return join(layout.tables, `${name}.parquet`);
}
