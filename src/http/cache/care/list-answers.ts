import type { AnswerFilter, CachedAnswer } from '../../../ports/cache-care.ts';
import { publicUrl } from '../../secrets/public-url.ts';
import { isWhole } from '../entry-shape.ts';
import type { CareContext } from './care-context.ts';
import { describeAnswer, handlerOf, isWanted } from './describe-answer.ts';

/** The answers that the filter has, as they are found. What cannot be used is left to `verify`. */
export async function* listAnswers(filter: AnswerFilter, care: CareContext): AsyncIterable<CachedAnswer> {
  const now = care.clock.now();
  const prefix = filter.handler === undefined ? '' : `${filter.handler}/`;
  for await (const listed of care.backends.metadata.listEntries(prefix)) {
    if (!isWhole(listed.entry)) continue;
    const answer = describeAnswer(listed, care.ttlOf(handlerOf(listed.key)), now);
    if (isWanted(answer, filter, now)) yield answer;
  }
}

/** The answers that have one of the names: keys, which are looked up, or addresses, for which all are looked through once. */
export async function findAnswers(names: readonly string[], care: CareContext): Promise<CachedAnswer[]> {
  const found = new Map<string, CachedAnswer>();
  for (const key of names.filter(isKey)) {
    const answer = await findByKey(key, care);
    if (answer !== null) found.set(key, answer);
  }
  const addresses = new Set(names.filter((name) => !isKey(name)).map(nameOf));
  if (addresses.size === 0) return [...found.values()];
  for await (const answer of listAnswers({}, care)) if (addresses.has(answer.url)) found.set(answer.key, answer);
  return [...found.values()];
}

/** True for `<handler>/<32 hex digits>`. */
export function isKey(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]*\/[0-9a-f]{32}$/.test(name);
}

/** An address as entries hold it: without credentials. */
export function nameOf(name: string): string {
  return URL.canParse(name) ? publicUrl(name) : name;
}

async function findByKey(key: string, { backends, ttlOf, clock }: CareContext): Promise<CachedAnswer | null> {
  for await (const listed of backends.metadata.listEntries(key, 1)) {
    return isWhole(listed.entry) ? describeAnswer(listed, ttlOf(handlerOf(key)), clock.now()) : null;
  }
  return null;
}
