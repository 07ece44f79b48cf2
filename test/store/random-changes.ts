import fc from 'fast-check';
import type { Change, Removal } from '../../src/ports/store.ts';
import type { AnnotationRow } from '../../src/records/annotation.ts';
import type { CompleteSet, RecordUnit } from '../../src/records/record-unit.ts';
import { askedRow } from '../../src/testing/contract/store-records.ts';

// Few keys, so that changes meet each other.
const gsm = fc.constantFrom('GSM1', 'GSM2', 'GSM3');
const biosample = fc.constantFrom('SAMN1', 'SAMN2', 'SAMN3');
const sample = fc.oneof(gsm, biosample);
const run = fc.constantFrom('SRR1', 'SRR2', 'SRR3', 'SRR4');
const origin = fc.constantFrom('generated' as const, 'supplementary' as const);
const text = fc.constantFrom(
  '',
  'brain',
  `it's "quoted"\nsecond line\t`,
  '🧬 µ漢',
  "'; DROP TABLE samples; --",
  'NULL',
);

/** An absent property, null or a value. */
function perhaps<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> {
  return fc.oneof(fc.constant(undefined), fc.constant(null), value);
}

function defined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

const samplePatch = fc
  .record({
    key: sample,
    title: perhaps(text),
    tissue: perhaps(text),
    taxon_id: perhaps(fc.constantFrom(0, 9606, 2_147_483_647)),
    attributes: perhaps(fc.constantFrom({}, { tissue: ['brain', ''] }, { 'a "b"': [], '🧬': ['\n'] })),
  })
  .map((patch) => defined({ ...patch, source: patch.key.startsWith('GSM') ? 'GEO' : 'INSDC' }));

const runPatch = fc
  .record({
    key: run,
    parent: perhaps(sample),
    title: perhaps(text),
    spots: perhaps(fc.constantFrom(0n, 9_007_199_254_740_993n, -(2n ** 63n))),
  })
  .map((patch) => defined({ ...patch, source: 'INSDC' }));

const filePatch = fc
  .record({
    parent: fc.oneof(run, sample),
    origin,
    name: fc.constantFrom('a.gz', 'b,c.gz'),
    urls: perhaps(fc.constantFrom([], ['https://a', "https://it's"])),
    md5: perhaps(text),
  })
  .map((patch) => defined({ ...patch, key: `${patch.parent}/${patch.origin}/${patch.name}`, source: 'INSDC' }));

const link = fc.record({
  key: fc.oneof(sample, run),
  alias: fc.oneof(biosample, fc.constantFrom('SRX1', 'GSE1')),
  kind: fc.constantFrom('biosample' as const, 'series' as const),
});

const completeSet: fc.Arbitrary<CompleteSet> = fc.oneof(
  fc.record({ table: fc.constant('runs' as const), parent: sample }),
  fc.record({ table: fc.constant('files' as const), parent: fc.oneof(run, sample), origin }),
);

/** A sample goes with the runs that it may have: a run is never without its sample. */
const sampleRemoval = sample.map((key): Removal[] => [
  { table: 'samples', key },
  ...['SRR1', 'SRR2', 'SRR3', 'SRR4'].map((one): Removal => ({ table: 'runs', key: one })),
]);

const rowRemoval: fc.Arbitrary<Removal> = fc.oneof(
  fc.record({ table: fc.constantFrom('links' as const, 'asked' as const), key: sample }),
  fc.record({ table: fc.constantFrom('runs' as const, 'links' as const), key: run }),
  filePatch.map(({ key }) => ({ table: 'files' as const, key })),
  sample.map((key) => ({ table: 'annotations' as const, key })),
  fc.record({ table: fc.constant('annotations' as const), key: sample, name: fc.constantFrom('batch', 'group') }),
);

const removal = fc.oneof(
  { weight: 1, arbitrary: sampleRemoval },
  { weight: 4, arbitrary: rowRemoval.map((one) => [one]) },
);

const annotation = fc
  .record({ key: sample, name: fc.constantFrom('batch', 'group'), value: text })
  .map((note): AnnotationRow => ({ ...note, created_at: null, updated_at: null }));

const unit = fc.record({
  samples: fc.uniqueArray(samplePatch, { maxLength: 3, selector: ({ key }) => key }),
  runs: fc.uniqueArray(runPatch, { maxLength: 3, selector: ({ key }) => key }),
  files: fc.uniqueArray(filePatch, { maxLength: 3, selector: ({ key }) => key }),
  links: fc.uniqueArray(link, { maxLength: 3, selector: ({ key, alias, kind }) => `${key} ${alias} ${kind}` }),
  projects: fc.constant([]),
  complete: fc.array(completeSet, { maxLength: 2 }),
});

/** A unit brings the samples of its runs. */
const wholeUnit = unit.map((made) => {
  const keys = new Set(made.samples.map(({ key }) => key));
  const parents = made.runs.map(({ parent }) => parent).filter((parent) => typeof parent === 'string');
  const missing = [...new Set(parents)].filter((parent) => !keys.has(parent));
  const shells = missing.map((key) => ({ key, source: key.startsWith('GSM') ? 'GEO' : 'INSDC' }));
  return { ...made, samples: [...made.samples, ...shells] };
});

/** A sample that is known by its BioSample becomes known by its GSM, perhaps with all its runs. */
const rekey = fc
  .record({ number: fc.constantFrom(1, 2, 3), isComplete: fc.boolean(), runs: fc.uniqueArray(run, { maxLength: 2 }) })
  .map(({ number, isComplete, runs }) => ({
    samples: [{ key: `GSM${number}`, source: 'GEO' }],
    runs: runs.map((key) => ({ key, parent: `GSM${number}`, source: 'INSDC' })),
    files: [],
    links: [{ key: `GSM${number}`, alias: `SAMN${number}`, kind: 'biosample' as const }],
    projects: [],
    complete: isComplete ? [{ table: 'runs' as const, parent: `GSM${number}` }] : [],
  }));

/** Patches, complete sets, re-keys, removals, answers and notes in any mix; `at` is set by whoever uses it. */
export const CHANGE: fc.Arbitrary<Omit<Change, 'at'>> = fc
  .record({
    unit: fc.oneof({ weight: 4, arbitrary: wholeUnit }, { weight: 1, arbitrary: rekey }) as fc.Arbitrary<RecordUnit>,
    asked: fc.uniqueArray(sample, { maxLength: 2 }),
    annotations: fc.uniqueArray(annotation, { maxLength: 2, selector: ({ key, name }) => `${key} ${name}` }),
    remove: fc.array(removal, { maxLength: 2 }),
  })
  .map((made) => ({
    units: [made.unit],
    asked: made.asked.map((id) => askedRow(id)),
    annotations: made.annotations,
    remove: made.remove.flat(),
  }));
