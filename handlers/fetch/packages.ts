import type { CellineError, HandlerContext } from '../../src/ports/handler.ts';
import type { SearchField } from '../ncbi/eutils-requests.ts';
import type { SraPackage } from '../ncbi/sra-package.ts';
import { openSearch, type ReadPage } from './search-pages.ts';
import { type AskedAs, askSplitting, inPieces } from './split-batch.ts';

/** Terms of one esearch, and packages of one efetch: 500 of each are proven (archives' clients); more is untried. */
export const PACKAGES_PER_REQUEST = 500;

/** What NCBI gave for a list of search terms. */
export interface PackageAnswer {
  /** Each experiment once. */
  readonly packages: readonly SraPackage[];
  /** Terms of which not everything could be had, by the error that ended asking. What else was asked is complete. */
  readonly failed: ReadonlyMap<string, CellineError>;
  /** The first of these errors; null when everything that was found came. */
  readonly error: CellineError | null;
}

/** What a page, or all pages of one search, came to. */
type Pages = Pick<PackageAnswer, 'packages' | 'error'>;

/** Where one page of a search stands in its result. */
interface Page {
  readonly start: number;
  readonly max: number;
}

/**
 * Searches db=sra for accessions and fetches the experiment packages found, by NCBI's history: one search and one fetch
 * per 500. A bare term is an All Fields search and also finds records that only mention it: callers filter.
 */
export async function searchPackages(
  terms: readonly string[],
  field: SearchField | null,
  context: HandlerContext,
): Promise<PackageAnswer> {
  const pieces = inPieces(terms, PACKAGES_PER_REQUEST);
  const answers = await Promise.all(pieces.map((piece) => searchPiece(piece, field, context)));
  const failed = new Map(answers.flatMap((answer) => [...answer.failed]));
  const [error = null] = failed.values();
  const packages = new Map(answers.flatMap((answer) => answer.packages).map((found) => [found.experiment, found]));
  return { packages: [...packages.values()], failed, error };
}

async function searchPiece(
  terms: readonly string[],
  field: SearchField | null,
  context: HandlerContext,
): Promise<Omit<PackageAnswer, 'error'>> {
  const parts = await askSplitting(terms, (some, as) => searchAndFetch(some, field, as, context), context.signal);
  const failed = new Map<string, CellineError>();
  for (const { ids, records, error } of parts) {
    const reason = error ?? records.find((pages) => pages.error !== null)?.error;
    if (reason) for (const term of ids) failed.set(term, reason);
  }
  return { packages: parts.flatMap((part) => part.records.flatMap((pages) => pages.packages)), failed };
}

/**
 * One search and its pages. A page of several terms that fails makes the search fail, since nothing tells which term has
 * lost a record: fewer terms are asked then. A term alone keeps what came.
 */
async function searchAndFetch(
  terms: readonly string[],
  field: SearchField | null,
  as: AskedAs,
  context: HandlerContext,
): Promise<Pages[]> {
  const search = await openSearch(terms, field, as, context);
  if (search === null) return [{ packages: [], error: null }];
  const pages: Page[] = inPieces(Array.from({ length: search.count }), PACKAGES_PER_REQUEST).map((piece, index) => ({
    start: index * PACKAGES_PER_REQUEST,
    max: piece.length,
  }));
  if (terms.length === 1) return Promise.all(pages.map((page) => fetchPage(page, search.read, context)));
  const packages = await Promise.all(pages.map((page) => search.read(page, as)));
  return [{ packages: packages.flat(), error: null }];
}

/** Fetches one page; when that fails, its records in smaller pages. */
async function fetchPage(page: Page, read: ReadPage, context: HandlerContext): Promise<Pages> {
  const positions = Array.from({ length: page.max }, (_, index) => page.start + index);
  const parts = await askSplitting(
    positions,
    (some, as) => read({ start: some[0] ?? page.start, max: some.length }, as),
    context.signal,
  );
  return {
    packages: parts.flatMap((part) => part.records),
    error: parts.find((part) => part.error !== null)?.error ?? null,
  };
}
