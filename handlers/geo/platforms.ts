import { EMPTY_UNIT, type HandlerContext, type HandlerEvent } from '../../src/ports/handler.ts';
import { mayAskAlone } from '../fetch/allowance.ts';
import { asCellineError } from '../fetch/as-celline-error.ts';
import { failureOutcome } from '../fetch/failure-outcome.ts';
import { geoSummaries } from '../fetch/geo-summaries.ts';
import { geoRecord } from '../fetch/geo-text.ts';
import { projectShell } from '../library/project-shell.ts';
import type { GdsSummary, GeoPlatform } from '../ncbi/geo-record.ts';

/**
 * Platforms by their GPL: their own record only. A platform has up to hundreds of thousands of samples of strangers'
 * series, so that nobody who asks for one wants them all.
 */
export async function* fetchGeoPlatforms(
  ids: readonly string[],
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  const { summaries, failed } = await geoSummaries(ids, context);
  for (const id of ids) {
    const error = failed.get(id);
    const summary = summaries.get(id);
    if (error !== undefined) yield failureOutcome(id, error);
    else if (summary !== undefined) yield* platform(id, summary, null, context);
    else yield* askedAlone(id, context);
  }
}

async function* askedAlone(id: string, context: HandlerContext): AsyncGenerator<HandlerEvent> {
  if (!mayAskAlone('GEO', context)) {
    yield { type: 'outcome', id, outcome: 'not_found', key: null, reason: "absent from GEO's summaries" };
    return;
  }
  try {
    const answer = await geoRecord(id, context);
    if (answer.found) yield* platform(id, null, answer.platform, context);
    else yield { type: 'outcome', id, outcome: answer.verdict.outcome, key: null, reason: answer.verdict.reason };
  } catch (cause) {
    context.signal.throwIfAborted();
    yield failureOutcome(id, asCellineError(cause));
  }
}

function* platform(
  id: string,
  summary: GdsSummary | null,
  text: GeoPlatform | null,
  context: HandlerContext,
): Generator<HandlerEvent> {
  if (summary === null && text === null) {
    return yield { type: 'outcome', id, outcome: 'not_found', key: null, reason: 'GEO sent no such record' };
  }
  const facts = { key: id, study: null, enaRow: null, summary, series: null };
  const shell = projectShell({ ...facts, handler: 'geo', fetchedAt: context.now() });
  const patch =
    summary === null
      ? { ...shell.patch, title: text?.title ?? null, organism: text?.organisms.join('; ') ?? null }
      : shell.patch;
  yield { type: 'records', of: [id], unit: { ...EMPTY_UNIT, projects: [patch] } };
  const reason = "the platform's own record; its samples are not followed: ask for their series";
  yield { type: 'outcome', id, outcome: 'added', key: id, reason };
}
