import { BadResponseError, type HandlerContext, type HttpRequest } from '../../src/ports/handler.ts';

/** How the answer to a request becomes what is wanted of it. */
export interface Reading<A, T> {
  /** Sends; `http.chunks` or `http.json`. What it throws has been tried again already. */
  send(request: HttpRequest): Promise<A>;
  /** Reads; a `BadResponseError` of it means that the answer, though its form was good, is none. */
  read(answer: A): Promise<T>;
}

/**
 * Sends a request and reads its answer. An answer that its reader refuses, or that leaves a doubt, is asked for once more past
 * the cache: a second doubt is believed, a second refusal is thrown and the answer forgotten, so that the next command asks anew.
 * @param isBetter tells which of two doubtful answers says more; the stored one goes when it is the other.
 */
export async function readAnswer<A, T>(
  request: HttpRequest,
  { send, read }: Reading<A, T>,
  context: HandlerContext,
  doubt: { isDoubtful(value: T): boolean; isBetter(value: T, than: T): boolean } = NO_DOUBT,
): Promise<T> {
  const first = await readOrRefuse(await send(request), read);
  if (!(first instanceof BadResponseError) && !doubt.isDoubtful(first)) return first;
  // Not kept while it is in doubt: the second asking may fail, or be interrupted.
  await context.http.forget(request);
  context.signal.throwIfAborted();
  const second = await readOrRefuse(await send({ ...request, refresh: true }), read);
  if (second instanceof BadResponseError) {
    await context.http.forget(request);
    if (first instanceof BadResponseError) throw second;
    return first;
  }
  if (first instanceof BadResponseError || !doubt.isBetter(first, second)) return second;
  await context.http.forget(request);
  return first;
}

const NO_DOUBT = { isDoubtful: () => false, isBetter: () => false };

async function readOrRefuse<A, T>(answer: A, read: (answer: A) => Promise<T>): Promise<T | BadResponseError> {
  try {
    return await read(answer);
  } catch (error) {
    if (error instanceof BadResponseError) return error;
    throw error;
  }
}

/** A list that is asked in one request, and by which names its records answer it. */
export interface ListQuestion<A, T> extends Reading<A, readonly T[]> {
  requestOf(ids: readonly string[]): HttpRequest;
  namesOf(record: T): readonly (string | null)[];
  /** True when the answer that was read last should be asked for once more. */
  isDoubtful?(): boolean;
}

/**
 * Asks for a list. Archives leave records out of a good answer without a word: what is missing is asked again past the cache,
 * as long as something comes. What does not come then is not there; an answer that was found to have lied is forgotten.
 * Records that name none of the ids are left out.
 */
export async function askComplete<A, T>(
  ids: readonly string[],
  question: ListQuestion<A, T>,
  context: HandlerContext,
): Promise<T[]> {
  const all: T[] = [];
  const incomplete: { readonly request: HttpRequest; readonly ids: readonly string[] }[] = [];
  let missing: readonly string[] = [...new Set(ids)];
  for (;;) {
    const request = question.requestOf(missing);
    const isAgain = incomplete.length > 0;
    const doubt = { isDoubtful: () => question.isDoubtful?.() ?? false, isBetter: () => false };
    const records = await readAnswer(isAgain ? { ...request, refresh: true } : request, question, context, doubt);
    const { own, rest } = answered(missing, records, question);
    all.push(...own);
    const lied = isAgain && own.length > 0 ? incomplete.splice(0) : [];
    // The answer to the very same list has replaced the one that lied.
    for (const one of lied) if (one.ids.length !== missing.length) await context.http.forget(one.request);
    if (rest.length === 0 || (isAgain && own.length === 0)) return all;
    incomplete.push({ request, ids: missing });
    missing = rest;
  }
}

function answered<A, T>(ids: readonly string[], records: readonly T[], { namesOf }: ListQuestion<A, T>) {
  const asked = new Set(ids);
  const named = new Set<string | null>();
  const own = records.filter((record) => {
    const names = namesOf(record).filter((name) => name !== null && asked.has(name));
    for (const name of names) named.add(name);
    return names.length > 0;
  });
  return { own, rest: ids.filter((id) => !named.has(id)) };
}
