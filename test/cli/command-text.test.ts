import { describe, expect, test } from 'vitest';
import { commandText } from '../../src/cli/command-text.ts';

describe('the command line in the history', () => {
  test.each([
    [['add', 'GSM1', 'SRR1-SRR9'], 'add GSM1 SRR1-SRR9'],
    [['list', '--where', "tissue=it's"], `list --where 'tissue=it'\\''s'`],
    [
      ['add', 'https://me:pw@archive.example/acc?acc=GSM1&api_key=abc#x'],
      `add 'https://…@archive.example/acc?acc=GSM1&api_key=…#x'`,
    ],
    [['add', 'token=abc'], 'add token=…'],
    [['annotate', 'GSM1', 'note=a@b', 'tokens=3'], 'annotate GSM1 note=a@b tokens=3'],
  ])('%j', (argv, text) => {
    expect(commandText(argv)).toBe(text);
  });

  test('is cut after 200 characters', () => {
    expect(commandText(['add', 'x'.repeat(500)])).toHaveLength(200);
  });
});
