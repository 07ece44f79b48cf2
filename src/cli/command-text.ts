/** Most characters of a command line in the history: a list of ids on the command line is cut. */
const MOST = 200;

/** `['add', 'a b']` → `add 'a b'`: the command line as one could type it, for the history of the tables. */
export function commandText(argv: readonly string[]): string {
  const text = argv.map(quoted).join(' ');
  return text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
