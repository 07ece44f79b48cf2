import { AuthError } from '../errors/auth-error.ts';
import { check, failed } from './check-row.ts';
import type { Check } from './project.ts';

/** What came of a question to NCBI's E-utilities, or to a mirror of them. */
export interface NcbiAnswer {
  readonly mirror: { readonly url: string; readonly setting: string } | null;
  /** False: the way there is not encrypted. */
  readonly sendsKey: boolean;
  /** Null when it was answered. */
  readonly error: unknown;
}

const NAME = 'NCBI key';

/**
 * What NCBI's key is worth: `source` says where it is set, `answers` what NCBI said to it; null: nobody was asked.
 * Counted is the worst of them: a key that one mirror does not get is not sent everywhere.
 */
export function examineNcbiKey(source: string | null, answers: readonly NcbiAnswer[] | null): Check {
  if (source === null) {
    const hint = 'With one NCBI takes 10: get it in the settings of an NCBI account.';
    return check(NAME, 'warning', 'no NCBI_API_KEY: 3 requests per second', hint);
  }
  const set = `set by ${source}`;
  if (answers === null) return check(NAME, 'ok', `${set}; not checked: offline`);
  const sent = answers.filter(({ sendsKey }) => sendsKey);
  const refused = sent.find(({ error }) => error instanceof AuthError);
  if (refused !== undefined) return told('error', `${set}; `, refused.error);
  const bare = answers.find(({ sendsKey }) => !sendsKey)?.mirror ?? null;
  if (bare !== null) {
    const detail = `${set}; not sent to ${bare.url}, which is not encrypted: 3 requests per second there`;
    return check(NAME, 'warning', detail, `Give ${bare.setting} with https://.`);
  }
  const unknown = sent.find(({ error }) => error !== null);
  if (unknown !== undefined) return told('warning', `${set}; not checked: `, unknown.error);
  if (sent.length === 0) return check(NAME, 'ok', `${set}; not checked: no handler asks NCBI`);
  return check(NAME, 'ok', `${set}; accepted: 10 requests per second`);
}

function told(state: Check['state'], before: string, error: unknown): Check {
  const row = failed(NAME, error);
  return { ...row, state, detail: before + row.detail };
}
