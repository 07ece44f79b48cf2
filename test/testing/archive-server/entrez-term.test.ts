import { describe, expect, it } from 'vitest';
import { parseEntrezTerm, runEntrezTerm } from '../../../src/testing/archive-server/entrez-term.ts';

const RECORDS: Readonly<Record<string, readonly string[]>> = { A: ['1', '2'], B: ['2', '3'], C: ['3'] };

function search(term: string) {
  const parsed = parseEntrezTerm(term);
  if (parsed === undefined) return undefined;
  const result = runEntrezTerm<string>(parsed, ({ text, field }) => ({
    found: new Set(RECORDS[text] ?? []),
    field: field ?? 'All Fields',
  }));
  return { ...result, found: [...result.found] };
}

describe('a term of Entrez', () => {
  it.each([
    ['A', ['1', '2']],
    ['A OR B', ['1', '2', '3']],
    ['A AND B', ['2']],
    ['A NOT B', ['1']],
    ['A B', ['2']],
    ['C OR A AND B', ['3', '2']],
    ['C OR (A AND B)', ['3', '2']],
    ['A AND (B OR C)', ['2']],
    ['"A" OR "C"', ['1', '2', '3']],
    ['D OR A', ['1', '2']],
  ])('%s finds %j', (term, found) => {
    expect(search(term)?.found).toEqual(found);
  });

  it('reads from left to right without precedence', () => {
    // (C OR A) AND B, not C OR (A AND B): A brings 1, which B does not hold.
    expect(search('A OR C AND B')?.found).toEqual(['2', '3']);
  });

  it('keeps field tags, with a blank before them or inside', () => {
    expect(search('A[accn] OR B [Project Accession]')?.translation).toBe('A[accn] OR B[Project Accession]');
  });

  it('names the phrases that found nothing', () => {
    expect(search('A OR X1 OR X2')?.notFound).toEqual(['X1', 'X2']);
  });

  it.each(['', '   ', '()', 'OR'.slice(2)])('has nothing to search in %j', (term) => {
    expect(search(term)).toBeUndefined();
  });
});
