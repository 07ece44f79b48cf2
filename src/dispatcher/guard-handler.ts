import { errorMessage } from '../errors/error-message.ts';
import { NetworkError } from '../errors/network-error.ts';
import { PluginError } from '../errors/plugin-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handler, HandlerContext, HandlerEvent, HandlerOutcome, Http } from '../ports/handler.ts';
import { OUTCOMES } from '../records/asked.ts';
import { checkUnit } from './check-unit.ts';

/** What keeps a handler that somebody else wrote apart from the rest. */
export interface HandlerGuard {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Runs code of the plug-in. */
  run<T>(work: () => T): T;
  /** Runs code of celline that the plug-in has called. */
  outside<T>(work: () => T): T;
}

/** Seconds between two events of a batch, of a handler that states none. */
const DEADLINE_SECONDS = 300;

/**
 * The handler of a plug-in, from which nothing but good events comes: what hangs is given up after its deadline, junk is
 * refused with its name and costs the id that it is about, and all its code runs where it is known to be the plug-in's.
 */
export function guardHandler(handler: Handler, guard: HandlerGuard): Handler {
  const { search, plan, validate, downloadUrls } = handler;
  const guarded: Partial<Handler> = {
    fetchBatch: (ids, context) => guardedEvents(ids, context, handler, guard),
    ...(validate === undefined ? {} : { validate: (id) => guard.run(() => validate.call(handler, id)) }),
    ...(plan === undefined ? {} : { plan: (ids, full) => guard.run(() => plan.call(handler, ids, full)) }),
    ...(downloadUrls === undefined
      ? {}
      : { downloadUrls: (id, runs) => guard.run(() => downloadUrls.call(handler, id, runs)) }),
    ...(search === undefined
      ? {}
      : {
          search: (query, context) =>
            guard.run(() => search.call(handler, query, { ...outsideOf(context, guard), limit: context.limit })),
        }),
  };
  return Object.create(handler, Object.getOwnPropertyDescriptors(guarded)) as Handler;
}

async function* guardedEvents(
  ids: readonly string[],
  context: HandlerContext,
  handler: Handler,
  guard: HandlerGuard,
): AsyncGenerator<HandlerEvent> {
  const events = guard.run(() => handler.fetchBatch(ids, outsideOf(context, guard)))[Symbol.asyncIterator]();
  const refused = new Map<string, string>();
  try {
    for (;;) {
      const next = await nextOf(events, context, handler, guard);
      if (next.done === true) return;
      const event = checkedEvent(next.value, handler, refused);
      if (event !== null) yield event;
    }
  } finally {
    // One that hangs does not answer this either.
    guard.run(() => events.return?.()?.then(undefined, () => {}));
  }
}

function nextOf(
  events: AsyncIterator<HandlerEvent>,
  { signal }: HandlerContext,
  { name, deadline = DEADLINE_SECONDS }: Handler,
  { run, clock }: HandlerGuard,
): Promise<IteratorResult<unknown>> {
  return new Promise((resolve, reject) => {
    const ended = new AbortController();
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    clock.sleep(deadline * 1000, ended.signal).then(
      () => reject(overdue(name, deadline)),
      () => {},
    );
    run(async () => events.next())
      .then(resolve, reject)
      .finally(() => {
        ended.abort();
        signal.removeEventListener('abort', stop);
      });
  });
}

function overdue(name: string, seconds: number): NetworkError {
  return new NetworkError(`the handler ${name} gave no answer within ${seconds} s`, {
    hint: `see why it takes so long, or raise handlers.${name}.deadline`,
    fields: { handler: name },
  });
}

/** The event, with the outcome of an id whose records were refused; null for one that is about records that were. */
function checkedEvent(event: unknown, handler: Handler, refused: Map<string, string>): HandlerEvent | null {
  const given = event as HandlerEvent | null | undefined;
  switch (given?.type) {
    case 'outcome':
      return checkedOutcome(given, refused.get(given.id));
    case 'records':
      return checkedRecords(given, handler, refused);
    case 'next':
      if (typeof given.of === 'string' && isTexts(given.ids)) return given;
      throw junk(handler, 'a next event without ids');
    case 'warning':
      return { type: 'warning', message: `${handler.name}: ${String(given.message)}` };
    default:
      throw junk(handler, `${JSON.stringify(event)?.slice(0, 80) ?? String(event)} as an event`);
  }
}

function checkedOutcome(given: HandlerOutcome, refusal: string | undefined): HandlerOutcome {
  const { id, outcome, key, reason, errorClass } = given;
  if (refusal !== undefined) return { type: 'outcome', id, outcome: 'internal_error', key: null, reason: refusal };
  if (OUTCOMES.includes(outcome)) {
    const text = (value: unknown) => (value === null || value === undefined ? null : String(value));
    const thrown = typeof errorClass === 'string' ? { errorClass } : {};
    return { type: 'outcome', id, outcome, key: text(key), reason: text(reason), ...thrown };
  }
  return { type: 'outcome', id, outcome: 'internal_error', key: null, reason: `${String(outcome)} is no outcome` };
}

function checkedRecords(
  given: Extract<HandlerEvent, { type: 'records' }>,
  handler: Handler,
  refused: Map<string, string>,
): HandlerEvent | null {
  if (!isTexts(given.of)) throw junk(handler, 'records that say of no id');
  try {
    checkUnit(given.unit, handler.columns);
    return given;
  } catch (error) {
    for (const id of given.of) refused.set(id, errorMessage(error));
    return null;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function junk({ name }: Handler, what: string): PluginError {
  return new PluginError(`the handler ${name} gave ${what}`, {
    hint: 'mend the handler: see HandlerEvent of celline',
    fields: { handler: name },
  });
}

/** The context, whose doors lead out of the plug-in. */
function outsideOf(context: HandlerContext, { outside }: HandlerGuard): HandlerContext {
  const { http } = context;
  const door: Http = {
    send: (request) => outside(() => http.send(request)),
    json: (request) => outside(() => http.json(request)),
    text: (request) => outside(() => http.text(request)),
    chunks: (request) => outside(() => http.chunks(request)),
    forget: (request) => outside(() => http.forget(request)),
  };
  return { ...context, http: door, log: (message, level) => outside(() => context.log(message, level)) };
}
