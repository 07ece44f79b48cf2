import { BadResponseError } from '../../src/ports/handler.ts';

/** What `esearch retmode=json` answered. */
export interface SearchAnswer {
  /** Number of records found, which may be more than `ids` holds. */
  readonly count: number;
  /** UIDs, at most retmax. */
  readonly ids: readonly string[];
  /** Session token; null without usehistory. */
  readonly webEnv: string | null;
  readonly queryKey: string | null;
  /** Terms that NCBI found in no record, as it repeats them (with their field tag). */
  readonly notFound: readonly string[];
  /** How NCBI understood the search: a field tag that it does not know is missing here. */
  readonly translation: string | null;
  /** NCBI's own error text; null when it gave none. */
  readonly error: string | null;
}

/** Reads an esearch answer. Throws a `BadResponseError` when it is none; an error that NCBI states is given as `error`. */
export function parseSearch(json: unknown): SearchAnswer {
  const stated = textIn(member(json, 'error'));
  const result = member(json, 'esearchresult');
  if (stated === null && !isObject(result)) {
    throw new BadResponseError("NCBI's search answer has no esearchresult", { fields: { kind: 'wrong_header' } });
  }
  const error = stated ?? textIn(member(result, 'ERROR')) ?? textIn(member(result, 'error'));
  const count = Number(textIn(member(result, 'count')) ?? (error === null ? 'none' : '0'));
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new BadResponseError("NCBI's search answer has no count", { fields: { kind: 'wrong_header' } });
  }
  const errors = member(result, 'errorlist');
  const warnings = member(result, 'warninglist');
  return {
    count,
    ids: textsIn(member(result, 'idlist')),
    webEnv: textIn(member(result, 'webenv')),
    queryKey: textIn(member(result, 'querykey')),
    notFound: [...textsIn(member(errors, 'phrasesnotfound')), ...textsIn(member(warnings, 'quotedphrasesnotfound'))],
    translation: textIn(member(result, 'querytranslation')),
    error,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function textIn(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textIn).filter((text) => text !== null) : [];
}
