/** One phrase of a term with its field tag, e.g. `PRJNA1` and `BioProject`; no tag is a search in all fields. */
export interface EntrezPhrase {
  readonly text: string;
  readonly field: string | undefined;
}

/** A term as read: phrases joined from left to right, as Entrez does; it knows no precedence but parentheses. */
export type EntrezTerm =
  | { readonly kind: 'phrase'; readonly phrase: EntrezPhrase }
  | { readonly kind: 'AND' | 'OR' | 'NOT'; readonly left: EntrezTerm; readonly right: EntrezTerm };

/** Reads a search term; undefined when it is empty. */
export function parseEntrezTerm(term: string): EntrezTerm | undefined {
  const tokens = term.match(/\(|\)|"[^"]*"(?:\s*\[[^\]]*\])?|[^\s()"[\]]+(?:\s*\[[^\]]*\])?/g) ?? [];
  return readTerm(tokens, { at: 0 });
}

function readTerm(tokens: readonly string[], position: { at: number }): EntrezTerm | undefined {
  let left = readFactor(tokens, position);
  while (left !== undefined && position.at < tokens.length && tokens[position.at] !== ')') {
    const word = tokens[position.at];
    const operator = word === 'AND' || word === 'OR' || word === 'NOT' ? word : undefined;
    // Two phrases side by side are joined by AND.
    if (operator !== undefined) position.at += 1;
    const right = readFactor(tokens, position);
    if (right === undefined) return left;
    left = { kind: operator ?? 'AND', left, right };
  }
  return left;
}

function readFactor(tokens: readonly string[], position: { at: number }): EntrezTerm | undefined {
  const token = tokens[position.at];
  if (token === undefined || token === ')') return undefined;
  position.at += 1;
  if (token === '(') {
    const inner = readTerm(tokens, position);
    if (tokens[position.at] === ')') position.at += 1;
    return inner;
  }
  const [, quoted, plain, field] = /^(?:"([^"]*)"|([^[]*?))\s*(?:\[([^\]]*)\])?$/.exec(token) ?? [];
  return { kind: 'phrase', phrase: { text: (quoted ?? plain ?? '').trim(), field } };
}

/** What a search finds, and the phrases that found nothing. */
export interface EntrezResult<T> {
  readonly found: ReadonlySet<T>;
  readonly notFound: readonly string[];
  /** The term as the server understood it. */
  readonly translation: string;
}

/** Answers a term; `find` answers one phrase and names the field as the server knows it. */
export function runEntrezTerm<T>(
  term: EntrezTerm,
  find: (phrase: EntrezPhrase) => { readonly found: ReadonlySet<T>; readonly field: string },
): EntrezResult<T> {
  if (term.kind === 'phrase') {
    const { found, field } = find(term.phrase);
    const notFound = found.size === 0 ? [term.phrase.text] : [];
    return { found, notFound, translation: `${term.phrase.text}[${field}]` };
  }
  const left = runEntrezTerm(term.left, find);
  const right = runEntrezTerm(term.right, find);
  return {
    found: combine(term.kind, left.found, right.found),
    notFound: [...left.notFound, ...right.notFound],
    translation: `${left.translation} ${term.kind} ${right.translation}`,
  };
}

function combine<T>(kind: 'AND' | 'OR' | 'NOT', left: ReadonlySet<T>, right: ReadonlySet<T>): ReadonlySet<T> {
  if (kind === 'AND') return new Set([...left].filter((one) => right.has(one)));
  if (kind === 'NOT') return new Set([...left].filter((one) => !right.has(one)));
  return new Set([...left, ...right]);
}
