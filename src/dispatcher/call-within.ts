import { NetworkError } from '../errors/network-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { HandlerContext, SmallContext, SmallHandler } from '../ports/handler.ts';
import type { Http } from '../ports/http.ts';
import { createSmallHttp } from './small-http.ts';

/** Seconds that one call may take, of a handler that states none. */
const DEADLINE_SECONDS = 300;

/** What a call of a small handler's member needs. */
export interface CallFacts {
  readonly small: SmallHandler;
  readonly context: HandlerContext;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** What a member gave, and when the archive gave the oldest answer that it is made from (ISO 8601 UTC). */
export interface CallResult<T> {
  readonly value: T;
  readonly fetchedAt: string;
}

/**
 * Calls a member of a small handler with a context of its own. It is given up when the command is stopped or the deadline
 * has passed: what it asks after that is refused, and what it returns then is dropped.
 */
export async function callWithin<T>(
  { small, context, clock }: CallFacts,
  member: string,
  work: (context: SmallContext) => Promise<T>,
): Promise<CallResult<T>> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const seconds = small.deadline ?? DEADLINE_SECONDS;
  const ended = new AbortController();
  clock.sleep(seconds * 1000, ended.signal).then(
    () => over.abort(overdue(small.name, member, seconds)),
    () => {},
  );
  const times: string[] = [];
  const http = createSmallHttp(watched(context.http, signal, times), small);
  try {
    signal.throwIfAborted();
    // Also a member that throws at once, or gives a value without a promise.
    const value = await orAborted((async () => work({ ...context, signal, http }))(), signal);
    return { value, fetchedAt: [context.now(), ...times].sort()[0] ?? context.now() };
  } finally {
    ended.abort();
    over.abort(new Error(`the call of ${member} is over`));
  }
}

function overdue(name: string, member: string, seconds: number): NetworkError {
  return new NetworkError(`${name}: ${member} gave no answer within ${seconds} s`, {
    hint: `see why it takes so long, or raise handlers.${name}.deadline`,
    fields: { handler: name, member },
  });
}

/** The promise, or a rejection with the signal's reason as soon as it aborts. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** A door that closes with the signal and notes when the answers that it gives were fetched. */
function watched(http: Http, signal: AbortSignal, times: string[]): Pick<Http, 'send' | 'chunks'> {
  return {
    async send(request) {
      signal.throwIfAborted();
      const answer = await orAborted(http.send(request), signal);
      times.push(answer.fetchedAt);
      return answer;
    },
    chunks(request) {
      signal.throwIfAborted();
      return orAborted(http.chunks(request), signal);
    },
  };
}
