import { UsageError } from '../../errors/usage-error.ts';
import type { StateChoice, StatePoint } from '../../ports/comparison.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifest } from '../parquet/kept-manifests.ts';
import type { CareContext } from './care-context.ts';
import { keptNumbers } from './history-log.ts';

type Context = CareContext['context'];

/** Physical tables that no archive fills. */
const OF_THE_USER: ReadonlySet<string> = new Set(['ANNOTATIONS', 'ASKED', 'JOBS', 'JOB_FILES']);

/** The state before the first commit. */
const NOTHING: StatePoint = { sequence: 0, at: '', command: '' };

/** Finds the state that is meant; a `UsageError` names the oldest one when it is not kept any more. */
export async function findState({ context }: CareContext, choice: StateChoice): Promise<StatePoint> {
  const newest = await context.log.newest();
  if (choice === 'newest' || newest.sequence === 0) return pointOf(newest);
  if (choice === 'before-last') return beforeLast(context, newest);
  if ('at' in choice) return stateAt(context, newest, choice.at);
  if (choice.sequence === 0) return NOTHING;
  const found = choice.sequence > newest.sequence ? null : await readManifest(context.layout, choice.sequence);
  if (found === null) throw await stateIsGone(context, `The state ${choice.sequence}`);
  return pointOf(found);
}

function pointOf({ sequence, at, made }: Manifest): StatePoint {
  return { sequence, at, command: made?.command ?? '' };
}

/** What is said of a state that is not kept any more, or never was. */
export async function stateIsGone(context: Context, state: string): Promise<UsageError> {
  const newest = await context.log.newest();
  const oldest = (await keptNumbers(context.layout, newest)).at(-1) ?? newest.sequence;
  const made = oldest === 0 ? null : await readManifest(context.layout, oldest);
  const when = made === null ? '' : ` of ${made.at}`;
  return new UsageError(`${state} is not kept.`, {
    hint: `The oldest that is kept is ${oldest}${when}, the newest ${newest.sequence} (celline db log).`,
    fields: { oldest, newest: newest.sequence },
  });
}

/** True when a commit may have changed what archives said. */
function isOfArchives({ made }: Manifest): boolean {
  if (made === null) return true;
  return made.kind !== 'compaction' && Object.keys(made.tables).some((name) => !OF_THE_USER.has(name));
}

/** The last state that was there before the last command which changed what archives said began. */
async function beforeLast(context: Context, newest: Manifest): Promise<StatePoint> {
  let run: string | null = null;
  let before: Manifest | null = null;
  let first = newest.sequence;
  for (const number of await keptNumbers(context.layout, newest)) {
    const manifest = await readManifest(context.layout, number);
    if (manifest === null) continue;
    const own = manifest.made?.run ?? manifest.commit;
    if (run === null && isOfArchives(manifest)) run = own;
    if (run === null) continue;
    if (own === run) {
      first = number;
      before = null;
    } else before ??= manifest;
    // Commands overlap for as long as they run; what is older by far is not searched for an earlier commit of this one.
    if (before !== null && first - number > OVERLAP) break;
  }
  if (before !== null) return pointOf(before);
  if (run === null || first === 1) return NOTHING;
  throw await stateIsGone(context, `The state before ${first}`);
}

/** Numbers below the first known commit of a command among which an earlier one is looked for. */
const OVERLAP = 50;

/** The newest state that was there at a moment (ms since 1970). Found by halving: manifests are made in order. */
async function stateAt(context: Context, newest: Manifest, at: number): Promise<StatePoint> {
  const numbers = await keptNumbers(context.layout, newest);
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const manifest = await readManifest(context.layout, numbers[middle] ?? 0);
    if (manifest !== null && Date.parse(manifest.at) <= at) high = middle;
    else low = middle + 1;
  }
  const found = low < numbers.length ? await readManifest(context.layout, numbers[low] ?? 0) : null;
  if (found !== null) return pointOf(found);
  // Everything is younger: before the very first commit there was nothing.
  if (numbers.at(-1) === 1) return NOTHING;
  throw await stateIsGone(context, `The state of ${new Date(at).toISOString()}`);
}
