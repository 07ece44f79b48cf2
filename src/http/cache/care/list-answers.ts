import type { AnswerFilter, CachedAnswer } from '../../../ports/cache-care.ts';
import { publicUrl } from '../../public-url.ts';
import { isWhole } from '../entry.ts';
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

/** The answers that have one of the names: keys, or addresses. One look through the cache, whatever their number. */
export async function findAnswers(names: readonly string[], care: CareContext): Promise<CachedAnswer[]> {
  const wanted = new Set(names.map(nameOf));
  const found: CachedAnswer[] = [];
  for await (const answer of listAnswers({}, care)) {
    if (wanted.has(answer.key) || wanted.has(answer.url)) found.push(answer);
  }
  return found;
}

/** An address as entries hold it; a key as it is. */
function nameOf(name: string): string {
  return URL.canParse(name) ? publicUrl(name) : name;
}
