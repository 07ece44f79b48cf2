/** Words of a line as a shell would see them: `tissue='T cell'` is one word without its quotes. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:[^\s'"]|'[^']*'?|"[^"]*"?)+/g)) {
    words.push(
      word.replaceAll(/'([^']*)'?|"([^"]*)"?/g, (_, single?: string, double?: string) => single ?? double ?? ''),
    );
  }
  return words;
}
