import { describe, expect, test } from 'vitest';
import { createRegistry } from '../../src/dispatcher/registry.ts';
import { PluginError } from '../../src/errors/plugin-error.ts';
import type { AddedColumns } from '../../src/records/plugin-column.ts';
import { scriptedHandler } from './scripted-handler.ts';

const doc = 'A column.';

/** What JavaScript may hand over, whatever the types say. */
function register(columns: unknown, name = 'lab', registry = createRegistry()) {
  registry.registerHandler(scriptedHandler({ name, columns: columns as AddedColumns }));
  return registry;
}

describe('001-12 columns of a handler', () => {
  test.each([
    [
      'a column for each table',
      { samples: [{ name: 'score', type: 'float', doc }], files: [{ name: 'score', type: 'uuid', doc }] },
    ],
    ['001-11 parameters', { runs: [{ name: 'price', type: 'decimal', precision: 38, scale: 0, doc }] }],
    ['none', {}],
  ])('%s: registered', (_what, columns) => {
    expect(register(columns).find('lab')?.columns).toEqual(columns);
  });

  test.each([
    ['an unknown type', { name: 'score', type: 'MONEY', doc }, 'Unsupported type: MONEY'],
    ['no type', { name: 'score', doc }, 'Unsupported type: undefined'],
    ['a type of JavaScript', { name: 'score', type: 'constructor', doc }, 'Unsupported type: constructor'],
    ["a name of the table's own", { name: 'title', type: 'text', doc }, 'samples has a column of that name'],
    ['a name that is none', { name: 'Score!', type: 'text', doc }, 'its name must be lower-case'],
    ['the mark of removed rows', { name: '_deleted', type: 'boolean', doc }, 'its name must be lower-case'],
    ['no doc', { name: 'score', type: 'text' }, 'it has no doc'],
    ['a length of 0', { name: 'score', type: 'text', length: 0, doc }, 'length is a whole number from 1'],
    [
      'a scale beyond its precision',
      { name: 'score', type: 'decimal', precision: 2, scale: 3, doc },
      'scale 0 to precision',
    ],
    ['a precision of a date', { name: 'score', type: 'date', precision: 2, doc }, 'of decimal only'],
  ])('%s: refused by handler, table and column', (_what, column, reason) => {
    const registry = createRegistry();
    expect(() => register({ samples: [column] }, 'lab', registry)).toThrow(PluginError);
    expect(() => register({ samples: [column] }, 'lab', registry)).toThrow(
      `The column ${column.name} of samples, which the handler lab adds, cannot be: `,
    );
    expect(() => register({ samples: [column] }, 'lab', registry)).toThrow(reason);
    expect(registry.listHandlers()).toEqual([]);
  });

  test('a table that takes none, and a name declared twice', () => {
    expect(() => register({ asked: [] })).toThrow('The handler lab adds columns to asked, which takes none.');
    const twice = [
      { name: 'score', type: 'text', doc },
      { name: 'score', type: 'text', doc },
    ];
    expect(() => register({ samples: twice })).toThrow('it is declared twice');
  });

  test('two handlers may share a column of one type, not of two', () => {
    const registry = register({ samples: [{ name: 'score', type: 'float', doc }] });
    register({ samples: [{ name: 'score', type: 'float', doc }] }, 'second', registry);
    expect(() => register({ samples: [{ name: 'score', type: 'text', doc }] }, 'third', registry)).toThrow(
      'lab declares it as float, this handler as text',
    );
  });
});
