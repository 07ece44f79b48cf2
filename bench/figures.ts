import type { ServerFigures } from './archive-process.ts';

/** Prints one line: what, then its figures. */
export function say(what: string, figures: string): void {
  process.stdout.write(`${what.padEnd(26)} ${figures}\n`);
}

/** Prints what the server counted. */
export function sayRequests(summary: ServerFigures): void {
  const endpoints = Object.entries(summary.byEndpoint).map(([name, count]) => `${name} ${count}`);
  const statuses = Object.entries(summary.byStatus).map(([status, count]) => `${status} × ${count}`);
  say('requests', `${summary.total} (${endpoints.join(', ')})`);
  say(
    'answers',
    `${statuses.join(', ')}; ${(summary.bytes / 1e6).toFixed(1)} MB; 429 for being too fast: ${summary.tooFast}`,
  );
  say(
    'most starts in a second',
    `NCBI ${summary.mostPerSecond.NCBI} (limit 3), ENA ${summary.mostPerSecond.ENA} (limit 50)`,
  );
  say('server held up', `${summary.longestStallMs.toFixed(0)} ms at worst`);
}

/** Counts the second column of the outcome rows that `add` prints. */
export function outcomeCounts(stdout: string): string {
  const counts = new Map<string, number>();
  for (const line of stdout.trimEnd().split('\n').slice(1)) {
    const outcome = line.split('\t')[1] ?? '?';
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return [...counts].map(([outcome, count]) => `${outcome} ${count}`).join(', ');
}
