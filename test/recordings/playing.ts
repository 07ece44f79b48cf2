import { afterAll, beforeAll } from 'vitest';
import { HAS_RECORDINGS } from '../handlers/recordings.ts';
import { librariesOf, type PlainLibrary, runsOf } from './expected-library.ts';
import { type Played, play } from './play.ts';
import { type Playback, startPlayback } from './playback/server.ts';
import { readSources, type Sources } from './sources.ts';

/** The recordings, read once, and their playback. */
export interface Playing {
  readonly sources: Sources;
  readonly libraries: ReadonlyMap<string, PlainLibrary>;
  /** Samples that SRA's packages describe, by key. */
  readonly sequenced: ReadonlyMap<string, PlainLibrary>;
  readonly playback: Playback;
}

/** Starts the playback for the tests of a file. Says so on stderr when there are no recordings to play. */
export function playRecordings(): Playing {
  const state: { playing?: Playing } = {};
  if (!HAS_RECORDINGS) process.stderr.write('skipped: no recordings of archives (CELLINE_RECORDINGS)\n');
  beforeAll(async () => {
    if (!HAS_RECORDINGS) return;
    const sources = readSources();
    const libraries = librariesOf(sources);
    const sequenced = new Map([...libraries].filter(([, library]) => library.packages.length > 0));
    state.playing = { sources, libraries, sequenced, playback: await startPlayback(sources) };
  });
  afterAll(async () => state.playing?.playback.close());
  const of = <K extends keyof Playing>(name: K): Playing[K] => {
    if (state.playing === undefined) throw new Error('the playback has not started');
    return state.playing[name];
  };
  return {
    get sources() {
      return of('sources');
    },
    get libraries() {
      return of('libraries');
    },
    get sequenced() {
      return of('sequenced');
    },
    get playback() {
      return of('playback');
    },
  };
}

/** Names of samples by which they can be asked for. */
export const ROUTES = {
  run: (library: PlainLibrary) => runsOf(library).map((run) => run.accession),
  experiment: (library: PlainLibrary) => [
    ...library.packages.map((found) => found.experiment),
    ...[...library.rows.values()].map((row) => row.columns.get('experiment_accession')),
  ],
  'SRA sample': (library: PlainLibrary) => [
    ...library.packages.map((found) => found.samples[0]?.accession),
    ...[...library.rows.values()].map((row) => row.columns.get('secondary_sample_accession')),
  ],
  BioSample: (library: PlainLibrary) => [
    ...library.packages.map((found) => found.samples[0]?.biosample),
    ...[...library.rows.values()].map((row) => row.columns.get('sample_accession')),
  ],
  study: (library: PlainLibrary) => [
    ...library.packages.map((found) => found.study?.accession),
    ...[...library.rows.values()].map((row) => row.columns.get('secondary_study_accession')),
  ],
  BioProject: (library: PlainLibrary) => [
    ...library.packages.map((found) => found.study?.bioproject),
    ...[...library.rows.values()].map((row) => row.columns.get('study_accession')),
  ],
  submission: (library: PlainLibrary) => library.packages.map((found) => found.submission),
} as const;

/** The ids of samples by one of their names, each once; lists of ENA (`A;B`) cut. */
export function idsBy(route: keyof typeof ROUTES, libraries: ReadonlyMap<string, PlainLibrary>): string[] {
  const ids = [...libraries.values()].flatMap((library) => ROUTES[route](library));
  return [...new Set(ids.flatMap((id) => (id ?? '').split(';')).filter(Boolean))];
}

/** Asks for ids 15 a command: GEO's page is asked alone for at most 100 of a command that its summaries do not know. */
export async function playInPieces(
  ids: readonly string[],
  playback: Playback,
  options: { readonly full?: boolean } = {},
): Promise<Played[]> {
  const played: Played[] = [];
  for (let at = 0; at < ids.length; at += 15) played.push(await play(ids.slice(at, at + 15), playback, options));
  return played;
}
