import type { Fault, FaultPlan } from './faults.ts';
import { createRandom } from './random.ts';
import type { ArchiveRequest } from './request.ts';

/** One kind of trouble, by a name of its own. */
interface Trouble {
  readonly name: string;
  fault(request: ArchiveRequest): Fault;
  /** True for what makes everybody wait: it comes in every fourth round only. */
  readonly isSlow?: boolean;
}

/** Columns that a table may lose without losing its key. */
const LOST_COLUMNS = ['fastq_md5', 'instrument_model', 'sample_title'];

/** Everything that an archive may do wrong for a moment, in the order in which it comes. */
const TROUBLES: readonly Trouble[] = [
  { name: '500', fault: () => ({ kind: 'status', status: 500 }) },
  { name: 'HTML page', fault: () => ({ kind: 'html' }) },
  { name: 'cut, connection broken', fault: () => ({ kind: 'cut', bytes: 700 }) },
  { name: 'cut, ends properly', fault: () => ({ kind: 'cut', bytes: 700, clean: true }) },
  { name: 'reset', fault: () => ({ kind: 'reset' }) },
  { name: 'captcha', fault: () => ({ kind: 'captcha' }) },
  { name: 'challenge under 403', fault: () => ({ kind: 'challenge' }) },
  { name: '429 with Retry-After', isSlow: true, fault: () => ({ kind: 'status', status: 429, retryAfter: '1' }) },
  { name: '{"error"}', fault: () => ({ kind: 'error-json' }) },
  { name: '<ERROR>', fault: () => ({ kind: 'error-xml' }) },
  { name: 'text of a back end', fault: () => ({ kind: 'error-text' }) },
  { name: 'wrong root', fault: () => ({ kind: 'wrong-root' }) },
  { name: 'media type of a page', fault: () => ({ kind: 'media-type', type: 'text/html' }) },
  { name: 'empty', fault: () => ({ kind: 'empty' }) },
  { name: 'header only', fault: () => ({ kind: 'header-only' }) },
  { name: '503 with Retry-After', isSlow: true, fault: () => ({ kind: 'status', status: 503, retryAfter: '1' }) },
  { name: 'binary garbage', fault: () => ({ kind: 'garbage' }) },
  { name: 'fewer records', fault: () => ({ kind: 'fewer-records' }) },
  { name: 'records twice', fault: () => ({ kind: 'twice' }) },
  { name: 'other records', fault: () => ({ kind: 'other-records' }) },
  { name: 'fewer columns', fault: () => ({ kind: 'fewer-columns', columns: LOST_COLUMNS }) },
  { name: '502', fault: () => ({ kind: 'status', status: 502 }) },
  {
    name: 'forgotten session',
    fault: ({ parameters }) => (parameters.has('WebEnv') ? { kind: 'expired' } : { kind: 'html' }),
  },
  { name: 'hang', isSlow: true, fault: () => ({ kind: 'hang' }) },
];

/** A plan that mixes all kinds of faults, and how often each was played. */
export interface MixedFaults {
  readonly plan: FaultPlan;
  readonly played: ReadonlyMap<string, number>;
}

/** Faults on a share of the requests (0 to 1), chosen by chance, of all kinds in turn. Equal seeds choose alike. */
export function mixedFaults(share: number, seed = 1): MixedFaults {
  const random = createRandom(seed);
  const played = new Map<string, number>();
  let turn = 0;
  const next = (): Trouble => {
    for (;;) {
      const trouble = TROUBLES[turn % TROUBLES.length] as Trouble;
      const round = Math.floor(turn / TROUBLES.length);
      turn += 1;
      if (trouble.isSlow !== true || round % 4 === 0) return trouble;
    }
  };
  const plan: FaultPlan = (request) => {
    if (random() >= share) return undefined;
    const { name, fault } = next();
    played.set(name, (played.get(name) ?? 0) + 1);
    return fault(request);
  };
  return { plan, played };
}
