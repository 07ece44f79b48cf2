import type { Fault, FaultPlan } from '../../src/testing/archive-server/faults.ts';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import type { ArchiveRequest } from '../../src/testing/archive-server/request.ts';
import type { World, WorldSample } from '../../src/testing/archive-server/world.ts';

/** A list of ids of which some mean trouble, and the archives that play it. */
export interface TroubledList {
  readonly world: World;
  /** In a mixed order. */
  readonly ids: readonly string[];
  /** What each distinct id should come to: the outcomes that are right for it. */
  readonly expected: ReadonlyMap<string, readonly string[]>;
  /** Ids whose every request is answered 500. */
  readonly poisoned: ReadonlySet<string>;
}

/** How many ids of each kind. */
export interface TroubledListSize {
  readonly total: number;
  /** Ids of each trouble. */
  readonly each: number;
}

/** Half of the good and poisoned ids are GSM, half are runs; private ones and those without runs are GSM. */
export function troubledList({ total, each }: TroubledListSize): TroubledList {
  const generated = generateWorld({ series: Math.ceil(total / 25), samplesPerSeries: 25 });
  const expected = new Map<string, readonly string[]>();
  const poisoned = new Set<string>();
  const good = total - 6 * each;
  const samples = generated.samples.slice(0, good + 3 * each).map((sample, index) => {
    const trouble = index < good ? -1 : Math.floor((index - good) / each);
    const id = index % 2 === 0 || trouble === 0 || trouble === 1 ? sample.alias : runOf(sample);
    if (trouble === -1) expected.set(id, ['added']);
    if (trouble === 0) expected.set(id, ['private']);
    if (trouble === 1) expected.set(id, ['no_runs']);
    if (trouble === 2) {
      expected.set(id, ['http_error', 'network_error', 'bad_response', 'partial']);
      poisoned.add(id);
    }
    return trouble === 0 ? hidden(sample) : trouble === 1 ? arrayOf(sample) : sample;
  });
  for (let index = 0; index < each; index += 1) {
    expected.set(index % 2 === 0 ? `GSM${88_000_000 + index}` : `SRR${88_000_000 + index}`, ['not_found']);
    expected.set(index % 2 === 0 ? `GMS${77_000_000 + index}` : `SRR${index}`, ['invalid']);
  }
  const distinct = [...expected.keys()];
  const ids = mixed([...distinct, ...distinct.slice(0, each)]);
  return { world: { ...generated, samples }, ids, expected, poisoned };
}

function runOf(sample: WorldSample): string {
  return sample.experiments[0]?.runs[0]?.accession ?? '';
}

function hidden(sample: WorldSample): WorldSample {
  if (sample.geo === undefined) return sample;
  return { ...sample, experiments: [], geo: { ...sample.geo, withheld: { kind: 'private', until: '2030-01-01' } } };
}

/** A sample of an array study: GEO alone knows it. */
function arrayOf(sample: WorldSample): WorldSample {
  const { biosample: _biosample, secondary: _secondary, ...rest } = sample;
  return { ...rest, experiments: [], ...(rest.geo === undefined ? {} : { geo: { ...rest.geo, type: 'RNA' } }) };
}

/** The same list in another order: every 7th, 7 times over, so that neighbours come from far apart. */
function mixed<T>(items: readonly T[]): T[] {
  return Array.from({ length: 7 }, (_, start) => items.filter((_item, index) => index % 7 === start)).flat();
}

/** Passing troubles, in turn: none of them may cost anything but time. */
const PASSING: readonly Fault[] = [
  { kind: 'html' },
  { kind: 'cut', bytes: 900 },
  { kind: 'status', status: 429, retryAfter: '1' },
  { kind: 'reset' },
  { kind: 'cut', bytes: 700, clean: true },
  { kind: 'status', status: 503, retryAfter: '1' },
  { kind: 'status', status: 429 },
  { kind: 'error-json' },
  { kind: 'hang' },
];

/** Requests after which the passing troubles have passed. */
const TROUBLED_REQUESTS = 100;

/** 500 for good on every request that names a poisoned id; every 5th of the first 100 others meets one of the passing troubles. */
export function troubledArchives({ poisoned }: Pick<TroubledList, 'poisoned'>): FaultPlan {
  let count = 0;
  return (request) => {
    const poison = poisonOf(request, poisoned);
    if (poison !== undefined) return poison;
    if (request.repeat > 0) return undefined;
    count += 1;
    return count % 5 === 0 && count <= TROUBLED_REQUESTS ? PASSING[(count / 5 - 1) % PASSING.length] : undefined;
  };
}

/** 500 for a request that names one of these ids. */
export function poisonOf({ accessions }: ArchiveRequest, poisoned: ReadonlySet<string>): Fault | undefined {
  const isPoisoned = accessions.some((accession) => poisoned.has(nameOf(accession)));
  return isPoisoned ? { kind: 'status', status: 500 } : undefined;
}

/** The GSM of a UID of db=gds, else the accession itself. */
function nameOf(accession: string): string {
  return /^3\d{8}$/.test(accession) ? `GSM${Number(accession.slice(1))}` : accession;
}
