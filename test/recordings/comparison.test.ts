import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/records/table.ts';
import { HAS_RECORDINGS } from '../handlers/recordings.ts';
import { checkLibraries } from './check-libraries.ts';
import { openLedger } from './ledger.ts';
import { type Played, play } from './play.ts';
import { playRecordings } from './playing.ts';

const playing = playRecordings();

/** Columns that no recording states: who fetched, when, and what is derived from the others by tests of their own. */
const NOT_COMPARED =
  /^(?:key|handler|fetched_at|response_hash|created_at|updated_at|url|geo_.*|tissue|cell_type|name|format|role|read_number|access_note|parent|source|origin)$/;

function altered(played: Played, table: 'samples' | 'runs' | 'files', column: string): Played {
  const [key, row] = [...played[table]].find(([, one]) => isFilled(one[column])) ?? [];
  if (key === undefined || row === undefined) return played;
  return { ...played, [table]: new Map(played[table]).set(key, { ...row, [column]: other(row[column]) } as Row) };
}

function isFilled(value: unknown): boolean {
  return value !== null && value !== undefined && (!Array.isArray(value) || value.length > 0);
}

function other(value: Row[string] | undefined): Row[string] {
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'number') return value + 1;
  if (Array.isArray(value)) return ['https://example.org/other'];
  if (typeof value === 'object') return { ...(value as Record<string, string[]>), invented: ['x'] };
  return `${value}x`;
}

function without(played: Played, table: 'samples' | 'runs' | 'files'): Played {
  return { ...played, [table]: new Map([...played[table]].slice(1)) };
}

describe.skipIf(!HAS_RECORDINGS)('the comparison itself (skipped without the folder of recordings)', () => {
  it('sees every altered column, every lost row and every invented one', async ({ skip }) => {
    const [found] = [...playing.sequenced].filter(([, library]) =>
      library.packages.some((one) => one.runs[0]?.files.length),
    );
    if (found === undefined) return skip('no recorded package has a file');
    const [key, library] = found;
    const played = await play([library.packages[0]?.runs[0]?.accession ?? ''], playing.playback);
    const differs = (changed: Played): boolean => {
      const ledger = openLedger();
      checkLibraries(changed, new Map([[key, library]]), playing.sources, ledger);
      return ledger.differences.length > 0;
    };
    expect(differs(played)).toBe(false);
    for (const table of ['samples', 'runs', 'files'] as const) {
      const [row] = [...played[table].values()];
      for (const column of Object.keys(row ?? {}).filter((name) => !NOT_COMPARED.test(name))) {
        const changed = altered(played, table, column);
        if (changed !== played) expect(differs(changed), `${table}.${column} altered`).toBe(true);
      }
      expect(differs(without(played, table)), `${table} row lost`).toBe(true);
      const invented = new Map(played[table]).set('SRR999999999999', {
        ...row,
        key: 'SRR999999999999',
        name: 'invented',
      } as Row);
      expect(differs({ ...played, [table]: invented }), `${table} row invented`).toBe(true);
    }
    const lost = played.links.filter((link) => link.key !== key || link.kind !== 'experiment');
    expect(differs({ ...played, links: lost }), 'link lost').toBe(true);
    expect(differs({ ...played, links: [...played.links, { key, alias: 'SAMN99999999', kind: 'biosample' }] })).toBe(
      true,
    );
  });
});
