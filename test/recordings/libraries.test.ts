import { describe, expect, it } from 'vitest';
import { HAS_RECORDINGS } from '../handlers/recordings.ts';
import { checkLibraries, compareColumns } from './check-libraries.ts';
import { cell, type PlainLibrary, poolsOf, runsOf } from './expected-library.ts';
import { openLedger } from './ledger.ts';
import type { PlainPackage } from './plain-package.ts';
import { type Played, play } from './play.ts';
import { idsBy, playRecordings, ROUTES } from './playing.ts';

const playing = playRecordings();

/** Every id asked is answered, by a good outcome; an experiment may have no run. */
function expectAdded(played: Played, ids: readonly string[]): void {
  expect(played.outcomes.size).toBe(ids.length);
  const empty = new Set(
    [...playing.libraries.values()].filter((one) => runsOf(one).length === 0).map((one) => one.key),
  );
  const others = [...played.outcomes.values()].filter(
    (row) =>
      row.outcome !== 'added' &&
      row.outcome !== 'controlled' &&
      !(row.outcome === 'no_runs' && empty.has(row.key ?? '')),
  );
  expect(others.slice(0, 10), `${others.length} of ${ids.length}`).toEqual([]);
}

describe.skipIf(!HAS_RECORDINGS)('sequenced samples as recorded (skipped without the folder of recordings)', () => {
  it('every sample asked by its GSM: runs, attributes, links and files, field by field', async ({ skip }) => {
    const libraries = new Map([...playing.sequenced].filter(([key]) => key.startsWith('GSM')));
    if (libraries.size === 0) skip('no recorded package names a GSM');
    const played = await play([...libraries.keys()], playing.playback);
    expectAdded(played, [...libraries.keys()]);
    const ledger = openLedger();
    checkLibraries(played, libraries, playing.sources, ledger);
    ledger.close(`by GSM (${libraries.size} ids, ${played.requests} requests)`);
  });

  it('every sample asked by its runs, those that only ENA or a run table has included', async ({ skip }) => {
    const ids = idsBy('run', playing.libraries);
    if (ids.length === 0) skip('no run was recorded');
    const played = await play(ids, playing.playback);
    expectAdded(played, ids);
    const ledger = openLedger();
    checkLibraries(played, named('run', playing.libraries), playing.sources, ledger);
    ledger.close(`by run (${ids.length} ids, ${played.requests} requests)`);
  });

  const routes: (keyof typeof ROUTES)[] = [
    'experiment',
    'SRA sample',
    'BioSample',
    'study',
    'BioProject',
    'submission',
  ];
  it.for(routes)('every sample that SRA describes, asked by its %s', async (route, { skip }) => {
    const ids = idsBy(route, playing.sequenced);
    if (ids.length === 0) skip(`no recorded package names a ${route}`);
    const played = await play(ids, playing.playback);
    expectAdded(played, ids);
    const ledger = openLedger();
    checkLibraries(played, alsoBrought(played, named(route, playing.sequenced)), playing.sources, ledger);
    ledger.close(`by ${route} (${ids.length} ids, ${played.requests} requests)`);
  });

  it('every sample that only ENA or a run table has, asked by its experiment, SRA sample and BioSample', async ({
    skip,
  }) => {
    const others = new Map([...playing.libraries].filter(([key]) => !playing.sequenced.has(key)));
    if (others.size === 0) skip('no run was recorded at ENA alone');
    for (const route of ['experiment', 'SRA sample', 'BioSample'] as const) {
      // A sample is asked by its SRS at NCBI, or by ENA's own record of it.
      const askable = [...others].filter(
        ([, library]) =>
          route !== 'SRA sample' ||
          [...library.rows.values()].every((row) =>
            playing.sources.records.has(cell(row, 'secondary_sample_accession') ?? ''),
          ),
      );
      const libraries = named(route, new Map(askable));
      const ids = idsBy(route, libraries);
      const ledger = openLedger();
      checkLibraries(await play(ids, playing.playback), libraries, playing.sources, ledger);
      if (libraries.size > 0) ledger.close(`ENA's samples by ${route} (${ids.length} ids)`);
    }
  });

  it('a run that only ENA has, asked alone, brings all runs of its sample', async ({ skip }) => {
    const several = [...playing.libraries.values()].filter(
      (library) => library.packages.length === 0 && runsOf(library).length > 1 && runsOf(library).length < 10,
    );
    if (several.length === 0) skip('no sample of several runs was recorded at ENA alone');
    const ledger = openLedger();
    for (const library of several.slice(0, 25)) {
      const [run] = runsOf(library);
      const played = await play([run?.accession ?? ''], playing.playback);
      checkLibraries(played, new Map([[library.key, library]]), playing.sources, ledger);
    }
    ledger.close(`ENA's samples by one of their runs (${several.length})`);
  });

  it('a sample asked alone has the rows that it has in a batch', async ({ skip }) => {
    const keys = [...playing.sequenced.keys()].filter((key) => key.startsWith('GSM'));
    if (keys.length === 0) skip('no recorded package names a GSM');
    const batch = await play(keys, playing.playback);
    const ledger = openLedger();
    for (const key of keys.filter((_, index) => index % Math.ceil(keys.length / 30) === 0)) {
      const alone = await play([key], playing.playback);
      for (const table of ['samples', 'runs', 'files'] as const) {
        for (const [name, { fetched_at: _f, created_at: _c, updated_at: _u, ...row }] of alone[table]) {
          compareColumns(name, batch[table].get(name) ?? {}, row, `${table} cells`, ledger);
        }
      }
    }
    ledger.close('asked alone and in a batch', ['samples cells', 'runs cells', 'files cells']);
  });

  it('a run that pools several samples is there, with every one of them', async ({ skip }) => {
    const pools = poolsOf(playing.sources);
    if (pools.length === 0) skip('no pool was recorded');
    const ids = pools.flatMap((found) => runIds(found));
    const played = await play(ids, playing.playback);
    const ledger = openLedger();
    for (const found of pools) {
      for (const run of found.runs.filter((one) => ids.includes(one.accession))) {
        const links = new Set(played.links.map((link) => `${link.key} ${link.alias}`));
        ledger.holds('pooled runs', run.accession, played.runs.has(run.accession), 'is not in the runs table');
        for (const sample of run.members) {
          const keys = played.links.filter((link) => link.alias === sample).map((link) => String(link.key));
          ledger.holds(
            'samples of pools',
            `${run.accession} ${sample}`,
            keys.length > 0 || played.samples.has(sample),
            'has no sample row',
          );
          ledger.holds(
            'links',
            run.accession,
            links.has(`${run.accession} ${found.experiment}`),
            'lacks its experiment',
          );
        }
      }
    }
    ledger.close('pools');
  });
});

function runIds(found: PlainPackage): string[] {
  return found.runs.map((run) => run.accession).filter((run) => /^[SED]RR\d{6,}$/.test(run));
}

/** The samples that can be asked for by this route. */
function named(
  route: keyof typeof ROUTES,
  libraries: ReadonlyMap<string, PlainLibrary>,
): ReadonlyMap<string, PlainLibrary> {
  return new Map([...libraries].filter(([, library]) => ROUTES[route](library).some(Boolean)));
}

/** The samples that were asked for, and those that come with a project or submission. */
function alsoBrought(played: Played, asked: ReadonlyMap<string, PlainLibrary>): Map<string, PlainLibrary> {
  const more = [...playing.libraries].filter(([key]) => played.samples.has(key));
  return new Map([...asked, ...more]);
}
