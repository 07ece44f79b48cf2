import { describe, expect, test } from 'vitest';
import { columnsAt } from '../../src/migrations/columns-at.ts';
import type { ColumnStep, Migration } from '../../src/migrations/migration.ts';
import { MIGRATIONS } from '../../src/migrations/migrations.ts';
import { planMigration } from '../../src/migrations/plan-migration.ts';
import { formatProjectMigration, parseProjectMigration } from '../../src/migrations/project-migration.ts';
import { reshape, reshapedRows } from '../../src/migrations/reshape.ts';
import type { ColumnShape } from '../../src/records/table.ts';
import { TABLES } from '../../src/records/tables.ts';

const COLUMNS: readonly ColumnShape[] = [
  { name: 'key', type: 'text' },
  { name: 'score', type: 'integer' },
];

describe('the columns after steps', () => {
  const table = 'samples';
  const cases: readonly (readonly [step: ColumnStep, columns: string, select: string])[] = [
    [
      { step: 'add_column', table, column: { name: 'mood', type: 'text' } },
      'key score mood',
      '"key" AS "key", "score" AS "score", (NULL)::VARCHAR AS "mood"',
    ],
    [
      { step: 'add_column', table, column: { name: 'price', type: 'decimal' }, value: 'score * 2' },
      'key score price',
      '"key" AS "key", "score" AS "score", (score * 2)::DECIMAL(10,2) AS "price"',
    ],
    [{ step: 'drop_column', table, column: 'score' }, 'key', '"key" AS "key"'],
    [
      { step: 'rename_column', table, column: 'score', to: 'points' },
      'key points',
      '"key" AS "key", "score" AS "points"',
    ],
    [
      { step: 'retype_column', table, column: { name: 'score', type: 'text' } },
      'key score',
      '"key" AS "key", ("score")::VARCHAR AS "score"',
    ],
  ];
  test.each(cases)('%j', (step, columns, select) => {
    const reshaped = reshape(COLUMNS, [step], ['key']);
    expect(reshaped.columns.map(({ name }) => name).join(' ')).toBe(columns);
    expect(reshaped.selects).toEqual([select]);
  });

  test('a step sees what the one before it made', () => {
    const steps: ColumnStep[] = [
      { step: 'rename_column', table, column: 'score', to: 'points' },
      { step: 'drop_column', table, column: 'points' },
    ];
    expect(reshapedRows('t', reshape(COLUMNS, steps, ['key']))).toBe(
      'SELECT "key" AS "key" FROM (SELECT "key" AS "key", "score" AS "points" FROM (t))',
    );
  });

  test.each<readonly [ColumnStep, string]>([
    [{ step: 'drop_column', table, column: 'mood' }, 'there is no column mood'],
    [{ step: 'drop_column', table, column: 'key' }, 'key identifies the rows'],
    [{ step: 'rename_column', table, column: 'score', to: 'key' }, 'there is a column key already'],
    [{ step: 'add_column', table, column: { name: 'score', type: 'text' } }, 'there is a column score already'],
  ])('%j is refused: %s', (step, reason) => {
    expect(() => reshape(COLUMNS, [step], ['key'])).toThrow(reason);
  });
});

describe('the way between versions', () => {
  const migrations: Migration[] = [1, 2, 3].map((version) => ({
    version,
    name: `m${version}`,
    says: '',
    up: [],
    down: [],
  }));

  test.each([
    [1, 3, ['2 up', '3 up']],
    [3, 1, ['3 down', '2 down']],
    [2, 2, []],
  ] as const)('%i to %i', (from, to, steps) => {
    const planned = planMigration(from, to, migrations);
    expect(planned.map(({ version, direction }) => `${version} ${direction}`)).toEqual(steps);
  });

  test.each([0, 4, 1.5])('to %f is refused', (to) => {
    expect(() => planMigration(1, to, migrations)).toThrow(`There is no version ${to} of the tables.`);
  });

  test('003-15 the columns of an earlier version are those of this one with the later migrations undone', () => {
    for (const { version } of MIGRATIONS) {
      expect(columnsAt('samples', version).map(({ name }) => name)).toEqual(
        TABLES.samples.columns.map(({ name }) => name),
      );
    }
    const renamed: Migration[] = [
      ...migrations.slice(0, 2),
      {
        version: 3,
        name: 'heading',
        says: '',
        up: [{ step: 'rename_column', table: 'samples', column: 'heading', to: 'title' }],
        down: [{ step: 'rename_column', table: 'samples', column: 'title', to: 'heading' }],
      },
    ];
    expect(columnsAt('samples', 2, renamed).map(({ name }) => name)).toContain('heading');
    expect(columnsAt('samples', 3, renamed).map(({ name }) => name)).not.toContain('heading');
  });
});

describe('a migration of the project as a file', () => {
  const step = { step: 'drop_column', table: 'samples', column: 'score' } as const;

  test('is read as it was written', () => {
    const text = formatProjectMigration({ says: 'score goes', source: 'LAB', steps: [step] });
    const read = parseProjectMigration(text, '0001-lab-score', 'migrations/0001-lab-score.json');
    expect(read).toMatchObject({ name: '0001-lab-score', says: 'score goes', source: 'LAB', steps: [step] });
  });

  const value = (sql: string): unknown => ({
    ...step,
    step: 'add_column',
    column: { name: 'x', type: 'text' },
    value: sql,
  });
  test.each<readonly [unknown, string]>([
    ['nothing', 'it is not an object'],
    [{ says: '', source: 'lab', steps: [step] }, '"source" must be a source'],
    [{ says: '', source: 'LAB', steps: [] }, '"steps" must be a list'],
    [{ says: '', source: 'LAB', steps: [{ ...step, step: 'explode' }] }, 'there is no step "explode"'],
    [{ says: '', source: 'LAB', steps: [{ ...step, table: 'asked' }] }, 'the table of a step must be one of'],
    [{ says: '', source: 'LAB', steps: [{ ...step, column: 'title' }] }, 'samples has the column title of its own'],
    [{ says: '', source: 'LAB', steps: [value("(SELECT content FROM read_text('/etc/passwd'))")] }, 'SELECT is not'],
    [{ says: '', source: 'LAB', steps: [value("getenv('HOME')")] }, 'getenv( is not'],
    [{ says: '', source: 'LAB', steps: [value("1; COPY x TO 'y'")] }, '; is not'],
  ])('%j is refused: %s', (content, reason) => {
    expect(() => parseProjectMigration(JSON.stringify(content), 'x', 'migrations/x.json')).toThrow(reason);
    expect(() => parseProjectMigration(JSON.stringify(content), 'x', 'migrations/x.json')).toThrow(
      'migrations/x.json is no migration',
    );
  });
});
