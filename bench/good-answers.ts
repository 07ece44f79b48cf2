import { createHash } from 'node:crypto';
import { cacheKey } from '../src/http/cache/key.ts';
import { isPrivateParameter } from '../src/http/secrets/private-parameter.ts';
import { publicUrl } from '../src/http/secrets/public-url.ts';
import type { Answer } from '../src/testing/archive-server/answer.ts';
import type { Answered } from '../src/testing/archive-server/server.ts';

/** The good bodies of everything that was asked, so that each stored one can be compared. */
export interface GoodAnswers {
  note(answered: Answered): void;
  /** SHA-256 of the good bodies by the hash of the cache's key, of a server at this address. */
  of(url: string): Record<string, string[]>;
}

/** What a key is made of, apart from the address of the server. */
interface Question {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly payload: string;
  readonly cacheAs: string | null;
}

/** Faults that leave a search as it is: they change its records or its media type, and it has no records. */
const HARMLESS_TO_SEARCHES: ReadonlySet<string> = new Set(['media-type', 'fewer-records', 'fewer-columns']);

/** Collects good answers: as they were sent, or made anew where a fault stood in their place. */
export function createGoodAnswers(): GoodAnswers {
  const questions = new Map<string, { readonly question: Question; readonly hashes: Set<string> }>();
  /** Terms of a search by its session. */
  const searches = new Map<string, string>();
  return {
    note: (answered) => {
      const question = questionOf(answered, searches);
      const name = JSON.stringify(question);
      const known = questions.get(name) ?? { question, hashes: new Set<string>() };
      questions.set(name, known);
      if (saysTheSame(answered)) known.hashes.add(answered.sha256);
      // A search made anew would have another session.
      else if (!isSearch(answered)) known.hashes.add(hashOf(answered.good()));
    },
    of: (url) =>
      Object.fromEntries([...questions.values()].map(({ question, hashes }) => [keyOf(question, url), [...hashes]])),
  };
}

function isSearch({ request }: Answered): boolean {
  return request.endpoint === 'esearch sra';
}

/** True for an answer that says what the good one does. Records that come twice are no other data. */
function saysTheSame(answered: Answered): boolean {
  const kind = answered.fault?.kind ?? '';
  return answered.isGood || kind === 'twice' || (isSearch(answered) && HARMLESS_TO_SEARCHES.has(kind));
}

/** What was asked. The pages of a search that was answered with another one's session are no pages of it. */
function questionOf(answered: Answered, searches: Map<string, string>): Question {
  const { request, url, payload, head } = answered;
  const { method, parameters } = request;
  const plain = { method: method === 'POST' ? 'POST' : 'GET', url, payload, cacheAs: null } as const;
  if (isSearch(answered)) {
    const term = parameters.get('term') ?? '';
    const field = /\[(\w+)\]/.exec(term)?.[1] ?? 'all';
    const terms = term.split(' OR ').map((one) => one.replace(/\[\w+\]$/, ''));
    const search = `${field}/${terms.toSorted().join(',')}`;
    const session = saysTheSame(answered) ? /"webenv":"([^"]+)"/.exec(head)?.[1] : undefined;
    if (session !== undefined) searches.set(session, search);
    return { ...plain, payload: '', cacheAs: `ncbi/sra/search/${search}` };
  }
  const session = parameters.get('WebEnv');
  if (session === null) return plain;
  const page = `${parameters.get('retstart')}+${parameters.get('retmax')}`;
  return { ...plain, payload: '', cacheAs: `ncbi/sra/full/${page}/${searches.get(session) ?? '?'}` };
}

function keyOf({ method, url, payload, cacheAs }: Question, server: string): string {
  const isBrowser = url === '/ena/browser/api/xml';
  const open = [...new URLSearchParams(payload)].filter(([name, value]) => !isPrivateParameter(name, value));
  const fields = Object.fromEntries(open);
  const request = {
    url,
    expect: { kind: 'text' as const },
    ...(isBrowser ? { headers: { accept: 'application/xml' } } : {}),
    ...(cacheAs === null ? {} : { cacheAs }),
  };
  const body = isBrowser ? { type: 'json' as const, text: payload } : { type: 'form' as const, fields };
  const isGet = method === 'GET';
  const shownUrl = publicUrl(server + url);
  const parts = { handler: '', request, method, shownUrl, payload: isGet ? null : body, apiUrl: server };
  return cacheKey({ ...parts, credential: null }).hash;
}

function hashOf({ head, records = [], tail = '' }: Answer): string {
  const hash = createHash('sha256').update(head);
  for (const record of records) hash.update(record);
  return hash.update(tail).digest('hex');
}
