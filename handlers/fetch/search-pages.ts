import { BadResponseError, bodyFault, type HandlerContext, type HttpRequest } from '../../src/ports/handler.ts';
import { fetchSraHistory, type HistoryPage, type SearchField, searchSra } from '../ncbi/eutils-requests.ts';
import { parseSearch, type SearchAnswer } from '../ncbi/parse-search.ts';
import { parseSraPackages, SRA_ELEMENTS } from '../ncbi/parse-sra-packages.ts';
import type { SraPackage } from '../ncbi/sra-package.ts';
import { readAnswer } from './ask-complete.ts';
import { isNewDrift, noteDrift } from './drift.ts';
import { ENDPOINTS } from './endpoints.ts';
import { type AskedAs, askedAs } from './split-batch.ts';

/** Reads one page of a search. */
export type ReadPage = (
  page: { readonly start: number; readonly max: number },
  as: AskedAs,
) => Promise<readonly SraPackage[]>;

/** A search of db=sra that found something. */
export interface OpenSearch {
  /** Number of experiments found. */
  readonly count: number;
  readonly read: ReadPage;
}

interface Session extends Pick<HistoryPage, 'webEnv' | 'queryKey' | 'cacheAs'> {
  readonly count: number;
  /** False when the search seems to be another one's: its pages are not kept then. */
  readonly isOurs: boolean;
}

/** Kinds of a page after which the search itself is made once more: its session is gone, or it is another search's. */
const SEARCHED_AGAIN: ReadonlySet<unknown> = new Set(['expired', 'other_records']);

/**
 * Searches db=sra; null when it finds nothing. A session that NCBI has forgotten, or whose records none of the terms names,
 * is replaced by that of a new search, once; what that one finds is believed. A search of which a page cannot be had is
 * forgotten, since it may be to blame.
 */
export async function openSearch(
  terms: readonly string[],
  field: SearchField | null,
  as: AskedAs,
  context: HandlerContext,
): Promise<OpenSearch | null> {
  const found = await search(terms, field, as, false, context);
  const first = sessionOf(found, terms, field);
  if (found.count === 0 || first === null) return null;
  const forget = () => context.http.forget(searchOf(terms, field, as));
  const renew = async () => {
    await forget();
    return sessionOf(await search(terms, field, as, true, context), terms, field);
  };
  let renewed: Promise<Session | null> | null = null;
  const read: ReadPage = async (page, tries) => {
    try {
      return await readPage({ ...first, ...page }, terms, tries, false, context);
    } catch (error) {
      if (!(error instanceof BadResponseError)) throw error;
      if (!SEARCHED_AGAIN.has(error.fields.kind)) {
        await forget();
        throw error;
      }
      renewed ??= renew();
      const session = await renewed;
      // Another number of records is another cut into pages.
      if (session === null || session.count !== found.count) throw error;
      const packages = await readPage({ ...session, ...page }, terms, tries, true, context);
      // Believed, since they came twice, but not kept.
      if (areOthers(packages, namedBy(terms, { ...session, ...page }))) await forget();
      return packages;
    }
  };
  return { count: found.count, read };
}

function searchOf(terms: readonly string[], field: SearchField | null, as: AskedAs): HttpRequest {
  return askedAs(searchSra(terms, { field }), as);
}

async function search(
  terms: readonly string[],
  field: SearchField | null,
  as: AskedAs,
  again: boolean,
  context: HandlerContext,
): Promise<SearchAnswer> {
  const request = { ...searchOf(terms, field, as), ...(again ? { refresh: true } : {}) };
  const reading = { send: context.http.json, read: async (json: unknown) => parseSearch(json) };
  const isDoubtful = (answer: SearchAnswer) => isUnexplained(answer) || isOfOthers(answer, terms);
  const isBetter = (one: SearchAnswer, than: SearchAnswer) =>
    !isOfOthers(one, terms) && (isOfOthers(than, terms) || one.count > than.count);
  const found = await readAnswer(request, reading, context, { isDoubtful, isBetter });
  // Believed, since nothing better came, but not kept.
  if (isDoubtful(found)) await context.http.forget(request);
  if (found.error === null || found.count > 0 || found.webEnv !== null) return found;
  throw new BadResponseError(`NCBI could not search its SRA database: ${found.error}`, {
    fields: { kind: 'error_text', terms: terms.length },
  });
}

/** True for nothing found and no reason: NCBI names the terms that it does not find. */
function isUnexplained({ count, notFound, error }: SearchAnswer): boolean {
  return count === 0 && notFound.length === 0 && error === null;
}

/** True when NCBI says that it searched for an accession which is none of the terms: the answer is that of another search. */
function isOfOthers({ translation }: SearchAnswer, terms: readonly string[]): boolean {
  const asked = new Set(terms.map((term) => term.toUpperCase()));
  const named = (translation ?? '').toUpperCase().matchAll(/(?<![A-Z])([A-Z]+\d+)"?\[/g);
  return [...named].some(([, name = '']) => !asked.has(name));
}

function sessionOf(found: SearchAnswer, terms: readonly string[], field: SearchField | null): Session | null {
  const { webEnv, queryKey, count } = found;
  if (webEnv === null || queryKey === null) return null;
  const cacheAs = `${field ?? 'all'}/${terms.toSorted().join(',')}`;
  return { webEnv, queryKey, count, cacheAs, isOurs: !isOfOthers(found, terms) };
}

/**
 * Reads a page. A few records that a search still counts may be withdrawn, so that fewer are believed when they come twice;
 * half a page is a lie, and so is nothing for the only one: a sequenced sample would be told to have no runs.
 */
async function readPage(
  page: HistoryPage & Pick<Session, 'isOurs'>,
  terms: readonly string[],
  as: AskedAs,
  isLast: boolean,
  context: HandlerContext,
): Promise<readonly SraPackage[]> {
  const request = askedAs(fetchSraHistory(page), as);
  const isNamed = namedBy(terms, page);
  let missing: readonly string[] = [];
  const read = async (chunks: AsyncIterable<string>) => {
    const found = await readPackages(chunks);
    ({ missing } = found);
    return found.packages;
  };
  const packages = await readAnswer(request, { send: context.http.chunks, read }, context, {
    isDoubtful: (found) => found.length < page.max || !found.some(isNamed) || isNewDrift(PACKAGES, missing, context),
    isBetter: (found, than) => found.length > than.length,
  });
  noteDrift(PACKAGES, missing, context);
  const isOthers = areOthers(packages, isNamed);
  if (packages.length >= page.max && !isOthers && page.isOurs) return packages;
  // What is believed without being proven is not kept: another search may show that it was a lie.
  await context.http.forget(request);
  if (packages.length >= page.max / 2 && (isLast || !isOthers)) return packages;
  if (isOthers) throw otherRecords(terms);
  throw new BadResponseError(`NCBI sent ${packages.length} of ${page.max} experiment packages`, {
    fields: { kind: 'too_few', expected: page.max, came: packages.length },
    hint: bodyFault('too_few').hint,
  });
}

/** Tells which packages one of the terms names. */
function namedBy(terms: readonly string[], { cacheAs, max }: Pick<HistoryPage, 'cacheAs' | 'max'>) {
  const asked = new Set(terms);
  // Packages of an umbrella project name the projects below it: a large page of them is too dear to be fetched on a suspicion.
  const isTrusted = cacheAs.startsWith('BioProject/') && max > FEW;
  return (found: SraPackage) => isTrusted || namesOf(found).some((name) => asked.has(name));
}

function areOthers(packages: readonly SraPackage[], isNamed: (found: SraPackage) => boolean): boolean {
  return packages.length > 0 && !packages.some(isNamed);
}

function otherRecords(terms: readonly string[]): BadResponseError {
  const what = terms.length === 1 ? terms[0] : `${terms.length} terms`;
  return new BadResponseError(`NCBI sent experiment packages that ${what} do not name`, {
    fields: { kind: 'other_records', terms: terms.length },
    hint: bodyFault('other_records').hint,
  });
}

/** Packages of one answer from which on an element that none of them has is one that does not come any more. */
const ENOUGH = 5;

/** Packages of a page that may be fetched again though it may well be right: half a megabyte. */
const FEW = 50;

/** Their name in warnings. */
const PACKAGES = ENDPOINTS.packages.name;

/** Each experiment once, however often it came, and the elements that none of them has. */
async function readPackages(
  chunks: AsyncIterable<string>,
): Promise<{ readonly packages: readonly SraPackage[]; readonly missing: readonly string[] }> {
  const seen = new Set<string>();
  const found = new Map<string, SraPackage>();
  for await (const one of parseSraPackages(chunks, (path) => seen.add(path))) found.set(one.experiment, one);
  const missing = found.size < ENOUGH ? [] : SRA_ELEMENTS.filter((path) => !seen.has(path));
  return { packages: [...found.values()], missing };
}

/** The names by which a search may find a package. */
function namesOf(found: SraPackage): string[] {
  const { study } = found;
  const names = [found.experiment, found.gsm, found.submission, study?.accession, study?.bioproject, study?.gse];
  for (const { accession, biosample, gsm } of [...found.samples, ...found.members])
    names.push(accession, biosample, gsm);
  for (const run of found.runs) {
    names.push(run.accession);
    for (const { accession, biosample, gsm } of run.members) names.push(accession, biosample, gsm);
  }
  return names.filter((name): name is string => typeof name === 'string');
}
