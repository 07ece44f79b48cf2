import { describe, expect, it } from 'vitest';
import { complete } from '../../../src/cli/prompt/complete.ts';
import { parseDotCommand } from '../../../src/cli/prompt/dot-command.ts';
import { splitWords } from '../../../src/cli/prompt/split-words.ts';
import { inOneLine, isBlank, splitStatement } from '../../../src/cli/prompt/sql-text.ts';

describe('splitStatement', () => {
  it.each([
    ['SELECT 1', null, 'SELECT 1'],
    ['SELECT 1;', 'SELECT 1;', ''],
    ['SELECT 1; SELECT 2', 'SELECT 1;', ' SELECT 2'],
    ["SELECT ';'", null, "SELECT ';'"],
    ["SELECT 'it''s; x';a", "SELECT 'it''s; x';", 'a'],
    ['SELECT ";" ;', 'SELECT ";" ;', ''],
    ['SELECT 1 -- ; no', null, 'SELECT 1 -- ; no'],
    ['SELECT 1 -- ; no\n;', 'SELECT 1 -- ; no\n;', ''],
    ['/* ; /* ; */ ; */ SELECT 1;', '/* ; /* ; */ ; */ SELECT 1;', ''],
    ['SELECT $$;$$;', 'SELECT $$;$$;', ''],
    ['SELECT $a$ ; $$ ; $a$;', 'SELECT $a$ ; $$ ; $a$;', ''],
    ['SELECT $1;', 'SELECT $1;', ''],
    ['SELECT 4 - 2 / 1;', 'SELECT 4 - 2 / 1;', ''],
    ["SELECT 'open;", null, "SELECT 'open;"],
    ['', null, ''],
  ])('%j', (text, statement, rest) => {
    expect(splitStatement(text)).toEqual({ statement, rest });
  });

  it.each([
    ['', true],
    [' ;\n ; ', true],
    ['-- only this', true],
    ['/* a */', true],
    ['/* not ended', false],
    ["'", false],
    ['a', false],
  ])('isBlank %j is %s', (text, blank) => {
    expect(isBlank(text)).toBe(blank);
  });

  it('a statement in one line keeps its quoted text and loses its comments', () => {
    const typed = "SELECT  key -- the name; of it\nFROM samples /* all\nof them */\nWHERE title = 'a  -- b'\n;";
    expect(inOneLine(typed)).toBe("SELECT key FROM samples WHERE title = 'a  -- b';");
  });
});

describe('splitWords', () => {
  it.each([
    ["@brain tissue='T cell' limit=3", ['@brain', 'tissue=T cell', 'limit=3']],
    ['@a "b c"=d', ['@a', 'b c=d']],
    ["@a x='it", ['@a', 'x=it']],
    ['  ', []],
  ])('%j', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});

describe('parseDotCommand', () => {
  it.each([
    ['.quit', { kind: 'quit' }],
    [' .exit ;', { kind: 'quit' }],
    ['.tables', { kind: 'tables' }],
    ['.schema', { kind: 'schema', table: null }],
    ['.schema RUNS;', { kind: 'schema', table: 'runs' }],
    ['.timing off', { kind: 'timing', isOn: false }],
    ['.timing', { kind: 'timing', isOn: true }],
    ['.format CSV', { kind: 'format', format: 'csv' }],
  ])('%s', (line, command) => {
    expect(parseDotCommand(line)).toEqual(command);
  });

  it.each([
    ['.foo', /no command \.foo/],
    ['.timing maybe', /on or off/],
    ['.format parquet', /no format parquet/],
    ['.format', /takes a format/],
    ['.schema a b', /one word/],
  ])('%s is refused', (line, message) => {
    expect(() => parseDotCommand(line)).toThrow(message);
  });
});

describe('complete', () => {
  const vocabulary = { views: { samples: ['key', 'tissue'], runs: ['key', 'spots'] }, queries: ['brain', 'big'] };
  it.each([
    ['', '.t', ['.tables', '.timing'], '.t'],
    ['', '.schema r', ['runs'], 'r'],
    ['', '.timing o', ['on', 'off'], 'o'],
    ['', '@b', ['@brain', '@big'], '@b'],
    ['', 'SELECT * FROM sa', ['samples'], 'sa'],
    ['', 'select * from ', ['samples', 'runs'], ''],
    ['', 'SEL', ['SELECT'], 'SEL'],
    ['', 'sel', ['select'], 'sel'],
    ['', 'FROM runs WHERE sp', ['spots'], 'sp'],
    ['FROM runs', 'WHERE ti', [], 'ti'],
    ['FROM samples', 'WHERE ti', ['tissue'], 'ti'],
    ['', 'SELECT s.t', ['tissue'], 't'],
    ['', 'SELECT ', [], ''],
  ])('after %j, %j', (before, line, hits, word) => {
    expect(complete(before, line, vocabulary)).toEqual([hits, word]);
  });
});
