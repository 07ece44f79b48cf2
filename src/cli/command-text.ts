/** Most characters of a command line in the history: a list of ids on the command line is cut. */
const MOST = 200;

/** What may hold a credential in a word of a command line: `//user:password@`, and values such as `api_key=…`. */
const USER = /(\/\/)[^/\s@]+@/g;
const SECRET = /((?:^|[?&;\s])(?:api[-_]?key|access_token|token|password|secret)=)[^&#\s]+/gi;

/**
 * `['add', 'a b']` → `add 'a b'`: the command line as one could type it, for the history of the tables. The history is kept
 * for good and copied with every backup: credentials in addresses become `…`.
 */
export function commandText(argv: readonly string[]): string {
  const text = argv.map((word) => quoted(word.replace(USER, '$1…@').replace(SECRET, '$1…'))).join(' ');
  return text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`;
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
