import { DOT_COMMANDS, PROMPT_FORMATS } from './dot-command.ts';

/** What can be named at the prompt. */
export interface Vocabulary {
  /** Columns of each view. */
  readonly views: Readonly<Record<string, readonly string[]>>;
  readonly queries: readonly string[];
}

const KEYWORDS: readonly string[] = [
  ...['SELECT', 'FROM', 'WHERE', 'GROUP BY', 'ORDER BY', 'HAVING', 'LIMIT', 'OFFSET', 'DISTINCT', 'AS', 'WITH'],
  ...['JOIN', 'LEFT JOIN', 'ANTI JOIN', 'SEMI JOIN', 'USING', 'ON', 'AND', 'OR', 'NOT', 'IN', 'IS NULL', 'IS NOT NULL'],
  ...['LIKE', 'ILIKE', 'BETWEEN', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END', 'UNION ALL', 'EXCEPT', 'INTERSECT', 'ALL'],
  ...['DESCRIBE', 'SUMMARIZE', 'EXPLAIN', 'SHOW TABLES', 'VALUES', 'EXISTS', 'DESC', 'ASC', 'NULLS LAST', 'QUALIFY'],
  ...['count(*)', 'count(', 'sum(', 'avg(', 'min(', 'max(', 'coalesce(', 'list(', 'unnest('],
];

/**
 * What the word before the cursor may become, and that word. `before` are the lines typed earlier of the same
 * statement: columns are those of the views that it names, or of all.
 */
export function complete(before: string, line: string, vocabulary: Vocabulary): [hits: string[], word: string] {
  if (before === '' && line.startsWith('.')) return completeDot(line, vocabulary);
  const query = before === '' ? /^@(\S*)$/.exec(line)?.[1] : undefined;
  if (query !== undefined) return [starting(vocabulary.queries, query).map((name) => `@${name}`), line];
  const word = /[A-Za-z_]\w*$/.exec(line)?.[0] ?? '';
  const lead = line.slice(0, line.length - word.length);
  const views = Object.keys(vocabulary.views);
  if (/\b(?:from|join|describe|summarize)\s+$/i.test(lead)) return [starting(views, word), word];
  const columns = columnsFor(`${before}\n${line}`, vocabulary);
  if (/\w\.$/.test(lead)) return [starting(columns, word), word];
  if (word === '') return [[], word];
  return [[...starting(columns, word), ...starting(views, word), ...keywords(word)], word];
}

function completeDot(line: string, { views }: Vocabulary): [string[], string] {
  const [, name = '', word] = /^(\.\w*)(?:\s+(\w*))?$/.exec(line) ?? [];
  if (word === undefined) {
    return [
      starting(
        DOT_COMMANDS.map((command) => command.name),
        name,
      ),
      name,
    ];
  }
  if (name === '.schema') return [starting(Object.keys(views), word), word];
  if (name === '.format') return [starting(PROMPT_FORMATS, word), word];
  return [name === '.timing' ? starting(['on', 'off'], word) : [], word];
}

function columnsFor(statement: string, { views }: Vocabulary): string[] {
  const words = new Set(statement.toLowerCase().match(/\w+/g));
  const named = Object.keys(views).filter((view) => words.has(view));
  const wanted = named.length === 0 ? Object.keys(views) : named;
  return [...new Set(wanted.flatMap((view) => views[view] ?? []))].sort();
}

function starting(words: readonly string[], beginning: string): string[] {
  return words.filter((word) => word.toLowerCase().startsWith(beginning.toLowerCase()));
}

/** In capitals, unless the word is being typed in small letters. */
function keywords(word: string): string[] {
  const isSmall = word === word.toLowerCase();
  return starting(KEYWORDS, word).map((keyword) => (isSmall ? keyword.toLowerCase() : keyword));
}
