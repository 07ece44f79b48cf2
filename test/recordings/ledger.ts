import { expect } from 'vitest';

/** Keeps count of what was compared, and what did not agree. */
export interface Ledger {
  /** Compares one fact; `what` is what is counted, `where` names the place for the list of differences. */
  same(what: string, where: string, got: unknown, said: unknown): void;
  /** Counts one fact that must hold. */
  holds(what: string, where: string, ok: boolean, why: string): void;
  /** Fails with the first 40 differences; says the counts. A ledger that compared nothing fails too. */
  close(title: string, needed?: readonly string[]): void;
  /** What did not agree so far. */
  readonly differences: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** An empty ledger. */
export function openLedger(): Ledger {
  const counts: Record<string, number> = {};
  const differences: string[] = [];
  const holds: Ledger['holds'] = (what, where, ok, why) => {
    counts[what] = (counts[what] ?? 0) + 1;
    if (!ok) differences.push(`${where}: ${why}`);
  };
  return {
    counts,
    differences,
    holds,
    same: (what, where, got, said) => {
      const [left, right] = [plain(got), plain(said)];
      holds(what, where, left === right, left === right ? '' : differenceOf(left, right));
    },
    close: (title, needed = []) => {
      const told = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
      console.info(`${title}: ${told.join(', ')}`);
      expect(differences.slice(0, 40), `${differences.length} differences`).toEqual([]);
      expect(told.length, 'nothing was compared').toBeGreaterThan(0);
      for (const what of needed) expect(counts[what] ?? 0, `${what} compared`).toBeGreaterThan(0);
    },
  };
}

/** JSON with 64-bit integers as text; what was not fetched and what is not known are one. */
function plain(value: unknown): string {
  return JSON.stringify(value ?? null, (_name, one) => (typeof one === 'bigint' ? String(one) : one)) ?? 'null';
}

/** Both texts from shortly before the place where they part. */
function differenceOf(left: string, right: string): string {
  const parting = [...left].findIndex((_, index) => left[index] !== right[index]);
  const at = Math.max(0, parting - 40);
  return `the record has ${left.slice(at, at + 160)}, the source says ${right.slice(at, at + 160)}`;
}
