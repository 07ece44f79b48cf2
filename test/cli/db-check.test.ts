import { afterAll, expect, test } from 'vitest';
import type { Row } from '../../src/records/table.ts';
import { aRun, aSample } from '../../src/testing/factories.ts';
import { type Ground, newGround, smuggle, sound, withCare } from '../store/care/damaged-store.ts';
import { removeFolders } from '../store/open-test-store.ts';
import { fakeProject } from './fake-project.ts';
import { runCli } from './run-cli.ts';

afterAll(removeFolders);

function check(ground: Ground, ...flags: string[]) {
  return withCare(ground, (care) => {
    const { open } = fakeProject({ care: { ...care, close: async () => undefined } });
    return runCli(['db', 'check', ...flags], { open });
  });
}

const run = (given: Parameters<typeof aRun>[0]) => aRun(given) as unknown as Row;

test('sound tables: no row, exit 0; warnings alone are exit 0 too', async () => {
  const ground = await newGround();
  await sound(ground);
  const clean = await check(ground, '--format', 'tsv');
  expect([clean.code, clean.stdout]).toEqual([0, 'check\tseverity\ttable\trow\tcolumn\tdetail\trepair\n']);
  expect(clean.stderr).toContain('Nothing is wrong.');
  await smuggle(ground, 'GEO_SAMPLES', 'samples', [aSample({ key: 'GSM5', platform: 'Guess' }) as unknown as Row]);
  const odd = await check(ground, '--json');
  expect(odd.code).toBe(0);
  expect(JSON.parse(odd.stdout)).toContainEqual({
    check: 'unknown_word',
    severity: 'warning',
    table: 'GEO_SAMPLES',
    row: 'GSM5',
    column: 'platform',
    detail: '"Guess" is no INSDC platform',
    repair: null,
  });
});

test('003-09 errors are exit 5; --repair mends what is safe, says it, and exits 0 only when no error is left', async () => {
  const ground = await newGround();
  await sound(ground);
  await smuggle(ground, 'LINKS', 'links', [{ key: 'GSM7', alias: 'SAMN7', kind: 'biosample' }]);
  const found = await check(ground, '--format', 'tsv');
  expect(found.code).toBe(5);
  expect(found.stdout).toContain('orphan_link\terror\tLINKS\tGSM7 SAMN7 biosample\tkey\tGSM7 is not stored\tremoved\n');
  expect(found.stderr).toContain('celline db check --repair');
  const mended = await check(ground, '--repair');
  expect([mended.code, mended.stderr]).toEqual([0, expect.stringContaining('left: 0 errors, 0 warnings')]);
  expect(mended.stderr).toContain('celline db rollback');
  await smuggle(ground, 'INSDC_RUNS', 'runs', [run({ key: 'SRR7', parent: 'GSM7' })]);
  const left = await check(ground, '--repair', '--format', 'tsv');
  expect(left.code).toBe(5);
  expect(left.stdout).toContain(
    'orphan_run\terror\tINSDC_RUNS\tSRR7\tparent\tits sample GSM7 is not stored\tleft as it is\n',
  );
});

test('of each check the first 100 are printed and the rest is counted; --all prints them all', async () => {
  const ground = await newGround();
  await sound(ground);
  const rows = Array.from({ length: 130 }, (_, index) => run({ key: `SRR${200_000 + index}`, parent: 'GSM7' }));
  await smuggle(ground, 'INSDC_RUNS', 'runs', rows);
  const some = await check(ground, '--json');
  expect(JSON.parse(some.stdout).filter((row: { check: string }) => row.check === 'orphan_run').length).toBe(100);
  expect(some.stderr).toContain('orphan_run: 30 more (--all shows them).');
  expect(some.stderr).toContain('130 errors');
  const all = await check(ground, '--all', '--json');
  expect(JSON.parse(all.stdout).filter((row: { check: string }) => row.check === 'orphan_run').length).toBe(130);
});
