/** An outcome row as `add` prints it into a pipe. */
export interface OutcomeLine {
  readonly id: string;
  readonly outcome: string;
  readonly key: string;
  readonly runs: number;
  readonly files: number;
  readonly reason: string;
}

/** Reads the tab-separated rows that `add` printed; a line without its end, as a killed process leaves it, is no row. */
export function outcomeLines(stdout: string): OutcomeLine[] {
  const lines = stdout.split('\n').slice(0, -1);
  return lines.slice(1).map((line) => {
    const [id = '', outcome = '', key = '', runs = '', files = '', reason = ''] = line.split('\t');
    return { id, outcome, key, runs: Number(runs), files: Number(files), reason };
  });
}

/** How often each outcome occurs. */
export function outcomeCounts(rows: readonly OutcomeLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of rows) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
