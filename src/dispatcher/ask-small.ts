import pLimit from 'p-limit';
import { errorMessage } from '../errors/error-message.ts';
import { failureName } from '../errors/failure-name.ts';
import { HttpStatusError } from '../errors/http-status-error.ts';
import { PluginError } from '../errors/plugin-error.ts';
import type {
  AccessionPattern,
  HandlerEvent,
  HandlerOutcome,
  ProjectRecord,
  RunRecord,
  SampleRecord,
} from '../ports/handler.ts';
import type { CallFacts } from './call-within.ts';
import { checkUnit } from './check-unit.ts';
import { type Fetched, fetchRecords } from './fetch-records.ts';
import { childrenOf, type Given, projectUnit, runKey, runUnit, sampleUnit } from './small-unit.ts';

/** Samples of one call whose runs are fetched side by side, and runs of one sample: a small handler asks for them one by one. */
const SIDE_BY_SIDE = 5;

/** What asking a small handler needs. */
export interface Asking extends CallFacts {
  readonly patterns: readonly AccessionPattern[];
}

/** Asks a small handler for ids: each brings its records and has one outcome, whatever becomes of the others. */
export async function* askSmall(ids: readonly string[], asking: Asking): AsyncGenerator<HandlerEvent> {
  const claimed = new Map<string, string[]>();
  for (const id of ids) {
    const refusal = refusalOf(id, asking);
    if (refusal !== null) {
      yield refusal;
      continue;
    }
    const level = levelOf(id, asking) ?? '';
    claimed.set(level, [...(claimed.get(level) ?? []), id]);
  }
  const ask = { sample: askSamples, run: askRuns, project: askProjects };
  for (const [level, own] of claimed) yield* ask[level as keyof typeof ask](own, asking);
}

function levelOf(id: string, { patterns }: Asking): string | undefined {
  return patterns.find(({ pattern }) => pattern.test(id))?.level;
}

/** A handler that is called by a program may be given anything: what it does not claim is refused without a request. */
function refusalOf(id: string, asking: Asking): HandlerOutcome | null {
  const { name } = asking.small;
  if (levelOf(id, asking) === undefined) return outcome(id, 'no_handler', null, `${name} does not claim it`);
  const isValid = asking.small.validate?.(id) ?? true;
  if (isValid === true) return null;
  const reason = typeof isValid === 'string' && isValid !== '' ? isValid : `${name} says that it is no valid id`;
  return outcome(id, 'invalid', null, reason);
}

function outcome(
  id: string,
  name: HandlerOutcome['outcome'],
  key: string | null,
  reason: string | null,
): HandlerOutcome {
  return { type: 'outcome', id, outcome: name, key, reason };
}

async function* askSamples(ids: readonly string[], asking: Asking): AsyncGenerator<HandlerEvent> {
  const samples = await fetchSamples(ids, asking);
  const limit = pLimit(SIDE_BY_SIDE);
  const answers = ids.map((id) => limit(() => answered(id, asking, () => sampleEvents(id, samples.get(id), asking))));
  for (const answer of answers) yield* await answer;
}

async function sampleEvents(
  id: string,
  sample: Fetched<SampleRecord> | undefined,
  asking: Asking,
): Promise<HandlerEvent[]> {
  if (sample?.state !== 'found') return [failed(id, sample)];
  const { record, fetchedAt } = sample;
  const embedded = embeddedRuns(record);
  const children = childrenOf(record, `the sample ${id}`).filter((run) => !embedded.some((one) => runKey(one) === run));
  const fetched = await fetchRuns(children, asking);
  const found: Given<RunRecord>[] = [...embedded];
  const missing: string[] = [];
  for (const run of children) {
    const one = fetched.get(run);
    if (one?.state === 'found') found.push({ id: run, record: one.record });
    else missing.push(`${run} (${reasonOf(one)})`);
  }
  const isStated = (record.children !== undefined && record.children !== null) || record.runs !== undefined;
  const isWhole = isStated && missing.length === 0;
  const unit = sampleUnit({ id, record }, found, isWhole, { source: asking.small.source, fetchedAt });
  checkUnit(unit, asking.small.columns);
  const key = unit.samples[0]?.key ?? id;
  return [{ type: 'records', unit, of: [id] }, sampleOutcome(id, key, { isWhole, runs: found.length, missing })];
}

function sampleOutcome(
  id: string,
  key: string,
  { isWhole, runs, missing }: { isWhole: boolean; runs: number; missing: readonly string[] },
): HandlerOutcome {
  if (missing.length > 0) {
    const many = missing.length === 1 ? '1 run' : `${missing.length} runs`;
    return outcome(id, 'partial', key, `${many} missing: ${missing.join(', ')}`);
  }
  return isWhole && runs === 0 ? outcome(id, 'no_runs', key, null) : outcome(id, 'added', key, null);
}

function embeddedRuns({ runs }: SampleRecord): Given<RunRecord>[] {
  if (runs === undefined) return [];
  if (!Array.isArray(runs)) throw new PluginError('runs is no list of runs', { fields: { field: 'runs' } });
  return (runs as readonly RunRecord[]).map((record, index) => {
    if (typeof record?.key === 'string') return { id: record.key, record };
    throw new PluginError(`runs[${index}] has no key`, { fields: { field: `runs[${index}].key` } });
  });
}

function fetchSamples(ids: readonly string[], asking: Asking): Promise<ReadonlyMap<string, Fetched<SampleRecord>>> {
  const { small } = asking;
  return fetchRecords<SampleRecord>(ids, asking, {
    member: small.fetchSamples === undefined ? 'fetchSample' : 'fetchSamples',
    one: (id, context) => small.fetchSample(id, context),
    many: small.fetchSamples === undefined ? undefined : (some, context) => small.fetchSamples?.(some, context),
  });
}

function fetchRuns(ids: readonly string[], asking: Asking): Promise<ReadonlyMap<string, Fetched<RunRecord>>> {
  const { small } = asking;
  return fetchRecords<RunRecord>(ids, asking, {
    member: small.fetchRuns === undefined ? 'fetchRun' : 'fetchRuns',
    one: (id, context) => small.fetchRun(id, context),
    many: small.fetchRuns === undefined ? undefined : (some, context) => small.fetchRuns?.(some, context),
  });
}

/** Runs that were asked for themselves, each with the row of the sample that it names. */
async function* askRuns(ids: readonly string[], asking: Asking): AsyncGenerator<HandlerEvent> {
  const runs = await fetchRuns(ids, asking);
  const parents = [...runs.values()].flatMap((run) => (run.state === 'found' ? sampleOf(run.record, asking) : []));
  const samples = await fetchSamples([...new Set(parents)], asking);
  for (const id of ids) yield* await answered(id, asking, async () => runEvents(id, runs.get(id), samples, asking));
}

/** The sample that a run names, when the handler can be asked for it. */
function sampleOf({ parent }: RunRecord, asking: Asking): string[] {
  return typeof parent === 'string' && levelOf(parent, asking) === 'sample' ? [parent] : [];
}

function runEvents(
  id: string,
  run: Fetched<RunRecord> | undefined,
  samples: ReadonlyMap<string, Fetched<SampleRecord>>,
  asking: Asking,
): HandlerEvent[] {
  if (run?.state !== 'found') return [failed(id, run)];
  const { record, fetchedAt } = run;
  const { source, columns } = asking.small;
  const [parent = ''] = sampleOf(record, asking);
  const sample = samples.get(parent);
  const unit =
    sample?.state === 'found'
      ? sampleUnit({ id: parent, record: { ...sample.record, runs: undefined } }, [{ id, record }], false, {
          source,
          fetchedAt: sample.fetchedAt,
        })
      : runUnit({ id, record }, { source, fetchedAt });
  checkUnit(unit, columns);
  const key = unit.runs[0]?.key ?? id;
  const isPartial = sample?.state === 'failed' && !isAbsence(sample.error);
  const answer = isPartial
    ? outcome(id, 'partial', key, `its sample is missing: ${parent} (${reasonOf(sample)})`)
    : outcome(id, 'added', key, null);
  return [{ type: 'records', unit, of: [id] }, answer];
}

async function* askProjects(ids: readonly string[], asking: Asking): AsyncGenerator<HandlerEvent> {
  const { small } = asking;
  const projects = await fetchRecords<ProjectRecord>(ids, asking, {
    member: 'fetchProject',
    one: async (id, context) => (await small.fetchProject?.(id, context)) ?? null,
    many: undefined,
  });
  for (const id of ids) yield* await answered(id, asking, async () => projectEvents(id, projects.get(id), asking));
}

function projectEvents(id: string, project: Fetched<ProjectRecord> | undefined, asking: Asking): HandlerEvent[] {
  if (project?.state !== 'found') return [failed(id, project)];
  const { record, fetchedAt } = project;
  const unit = projectUnit({ id, record }, { source: asking.small.source, fetchedAt });
  checkUnit(unit, asking.small.columns);
  const children = childrenOf(record, `the project ${id}`);
  return [
    { type: 'records', unit, of: [id] },
    ...(children.length === 0 ? [] : [{ type: 'next' as const, of: id, ids: children }]),
    outcome(id, 'added', unit.projects[0]?.key ?? id, null),
  ];
}

/** What an id brings; a record that cannot be stored, like any other fault, costs this id alone and leaves nothing. */
async function answered(id: string, asking: Asking, work: () => Promise<HandlerEvent[]>): Promise<HandlerEvent[]> {
  try {
    return await work();
  } catch (error) {
    asking.context.signal.throwIfAborted();
    return [failed(id, { state: 'failed', error })];
  }
}

function failed(id: string, fetched: Fetched<unknown> | undefined): HandlerOutcome {
  if (fetched?.state !== 'failed') return outcome(id, 'not_found', null, null);
  const { error } = fetched;
  if (isAbsence(error)) return outcome(id, 'not_found', null, null);
  const errorClass = error instanceof Error ? { errorClass: error.constructor.name } : {};
  return { ...outcome(id, failureName(error), null, errorMessage(error)), ...errorClass };
}

/** Why a run is missing, in brief. */
function reasonOf(fetched: Fetched<unknown> | undefined): string {
  if (fetched?.state !== 'failed' || isAbsence(fetched.error)) return 'not found';
  return failureName(fetched.error).replaceAll('_', ' ');
}

function isAbsence(error: unknown): boolean {
  return error instanceof HttpStatusError && (error.status === 404 || error.status === 410);
}
