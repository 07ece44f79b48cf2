import { dispatch } from '../dispatcher/dispatch.ts';
import { type AtomicSettings, dispatchAtomically } from '../dispatcher/dispatch-atomically.ts';
import type { Registry } from '../dispatcher/registry.ts';
import { InterruptedError } from '../errors/interrupted-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { Handler, HandlerContext } from '../ports/handler.ts';
import type { AskingJob, JobSpec } from '../ports/jobs.ts';
import type { OutcomeRow } from '../ports/reporter.ts';
import type { ProjectParts } from './create-project.ts';
import type { AddOptions } from './project.ts';
import { settleTables } from './settle-tables.ts';

/** Asks for ids as one job, and brings the plain tables up to date. */
export async function* addIds(
  ids: readonly string[],
  options: AddOptions,
  parts: ProjectParts,
): AsyncGenerator<OutcomeRow> {
  checkHandler(options.handler, parts.registry);
  const abandoned = new AbortController();
  const signals = [abandoned.signal, parts.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const signal = AbortSignal.any(signals);
  const above = options.within === undefined ? {} : { above: options.within };
  const job = parts.jobs.asking(askingSpec(options), { signal, ...above });
  const settings: AtomicSettings = {
    ...(await dispatchSettings(options, signal, job, parts)),
    abandon: () => abandoned.abort(unwanted()),
  };
  const began = parts.clock.now();
  let failure: unknown = unwanted();
  try {
    yield* options.atomic === true ? dispatchAtomically(ids, settings) : dispatch(ids, settings);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await job.close(failure);
    // Also after a stop: what is committed is what the plain tables show.
    // What a killed command left is caught up with, too.
    if (options.atomic !== true || job.number !== null) await settleTables(parts, parts.clock.now() - began);
  }
}

/** Why a work ends whose rows are not read to their end. */
export function unwanted(): InterruptedError {
  return new InterruptedError('Nobody wanted the rest of the rows.');
}

async function dispatchSettings(
  options: AddOptions,
  signal: AbortSignal,
  job: AskingJob,
  parts: ProjectParts,
): Promise<AtomicSettings> {
  const { registry, store, clock, reporter, config } = parts;
  const contexts = new Map<Handler, HandlerContext>();
  for (const { handler } of registry.listHandlers()) {
    contexts.set(handler, await contextFor(handler, options, { signal, job }, parts));
  }
  return {
    ...routing(options),
    registry,
    store,
    clock,
    reporter,
    signal,
    concurrency: options.concurrency ?? config.concurrency,
    // A recording answers what it was asked, and nothing else.
    isReproducible: config.record !== undefined || config.replay !== undefined,
    ...(config.record === undefined ? {} : { onFresh: (fresh, of) => warnUnrecorded(fresh, of, parts) }),
    force: options.force ?? false,
    full: options.full ?? false,
    job,
    mask: parts.mask,
    ttlOf: (handler) => parts.setupOf(handler).ttl,
    contextOf: (handler) => contexts.get(handler) as HandlerContext,
  };
}

/** A replay into other tables would miss what these tables answered. */
function warnUnrecorded(fresh: number, of: number, { config, reporter }: ProjectParts): void {
  const next = config.offline ? 'a CELLINE_DB_DIR of its own has none' : '--force asks again';
  const ids = `${fresh.toLocaleString('en-US')} ${fresh === 1 ? 'id is' : 'ids are'} fresh`;
  const message =
    fresh === of
      ? `nothing was recorded: ${fresh === 1 ? 'the only id is fresh' : `all ${ids}`} in the tables; ${next}`
      : `${ids} in the tables and not in the recording; ${next}`;
  reporter.emit({ type: 'warning', message });
}

/** Options of `add` that its job keeps, so that it can be run again in the same way. */
const KEPT_OPTIONS = ['force', 'full', 'handler', 'concurrency', 'largeRange', 'atomic'] as const;

function askingSpec(options: AddOptions): JobSpec {
  const kept = Object.fromEntries(KEPT_OPTIONS.map((name) => [name, options[name]]));
  const { task = 'add', title, inputs } = options.job ?? {};
  return {
    task,
    options: optionTexts(kept),
    ...(title === undefined ? {} : { title }),
    ...(inputs === undefined ? {} : { inputs }),
  };
}

/** Options as a job keeps them: those that are set, as texts. */
export function optionTexts(options: Readonly<Record<string, unknown>>): Record<string, string[]> {
  const set = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
  return Object.fromEntries(set.map(([name, value]) => [name, [String(value)]]));
}

/** Refuses the name of a handler that there is not. */
export function checkHandler(name: string | undefined, registry: Registry): void {
  if (name === undefined || registry.find(name) !== undefined) return;
  const names = registry.listHandlers().map((entry) => entry.name);
  throw new UsageError(`no handler is named ${name}`, {
    hint: `There are: ${names.join(', ')}.`,
    fields: { handler: name },
  });
}

/** How the ids of an asking are routed. */
export function routing(options: AddOptions): { handler?: string; largeRange?: boolean } {
  return {
    ...(options.handler === undefined ? {} : { handler: options.handler }),
    ...(options.largeRange === undefined ? {} : { largeRange: options.largeRange }),
  };
}

/** What every call of a handler is given during one command. */
async function contextFor(
  handler: Handler,
  options: AddOptions,
  { signal, job }: { readonly signal: AbortSignal; readonly job: AskingJob },
  parts: ProjectParts,
): Promise<HandlerContext> {
  const setup = parts.setupOf(handler);
  return {
    http: await parts.httpOf(setup, { refresh: options.force ?? false, signal }),
    signal,
    full: options.full ?? false,
    hasKey: setup.hasKey,
    options: setup.options,
    memo: new Map(),
    job,
    now: () => parts.recordedAt() ?? new Date(parts.clock.now()).toISOString(),
    log: (message) => parts.reporter.emit({ type: 'log', level: 'info', message: `${handler.name}: ${message}` }),
  };
}
