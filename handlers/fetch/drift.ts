import type { HandlerContext, HandlerEvent, RecordUnit } from '../../src/ports/handler.ts';

/** What no longer comes from an endpoint: by its name, the columns, members or elements. */
type Drift = Map<string, Set<string>>;

const MEMO = 'drift';

function driftOf({ memo }: HandlerContext): Drift {
  const known = memo.get(MEMO);
  if (known instanceof Map) return known as Drift;
  const drift: Drift = new Map();
  memo.set(MEMO, drift);
  return drift;
}

/** True when it is not yet known in this command that one of these no longer comes. */
export function isNewDrift(endpoint: string, missing: readonly string[], context: HandlerContext): boolean {
  const known = driftOf(context).get(endpoint);
  return missing.some((name) => known?.has(name) !== true);
}

/** Notes what an answer lacked though it was asked twice: the archive has changed its format. */
export function noteDrift(endpoint: string, missing: readonly string[], context: HandlerContext): void {
  if (missing.length === 0) return;
  const drift = driftOf(context);
  drift.set(endpoint, new Set([...(drift.get(endpoint) ?? []), ...missing]));
}

/**
 * Hands events on. Once something no longer comes, what the records do not say is left as it is in the store, since nobody can
 * tell "there is none" from "it did not come". At the end the user is told, once per endpoint and command.
 */
export async function* guardDrift(
  events: AsyncIterable<HandlerEvent>,
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  for await (const event of events) {
    const isSilent = event.type === 'records' && driftOf(context).size > 0;
    yield isSilent ? { ...event, unit: withoutSilence(event.unit) } : event;
  }
  for (const [endpoint, missing] of driftOf(context)) {
    const told = `${MEMO}:told:${endpoint}`;
    if (context.memo.has(told)) continue;
    context.memo.set(told, true);
    const names = [...missing].toSorted().join(', ');
    const message = `${endpoint}: ${names} did not come; what is stored of it stays (the archive may have changed its format)`;
    yield { type: 'warning', message };
  }
}

/** A unit without what is null, and without the claim that any of its sets is whole. */
function withoutSilence(unit: RecordUnit): RecordUnit {
  return {
    ...unit,
    samples: unit.samples.map(saying),
    runs: unit.runs.map(saying),
    projects: unit.projects.map(saying),
    files: unit.files.map(saying),
    complete: [],
  };
}

function saying<T extends object>(patch: T): T {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null)) as T;
}
