import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLineLog } from '../../src/disk/line-log.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-lines-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('keeps the newest lines in files of bounded size and number, oldest first', async () => {
  const folder = join(temporaryFolder(), 'deep');
  const log = createLineLog(join(folder, 'use.ndjson'), 1);
  const line = (number: number) => `${number} ${'x'.repeat(1000)}`;
  for (let number = 0; number < 700; number += 1) expect(await log.add(line(number))).toBe(true);
  const files = readdirSync(folder);
  expect(files).toHaveLength(2);
  for (const file of files) expect(statSync(join(folder, file)).size).toBeLessThan(264_000);
  const lines = await log.lines();
  expect(lines).toEqual(Array.from({ length: lines.length }, (_, index) => line(700 - lines.length + index)));
  expect(lines.length).toBeGreaterThan(262);
});

it('several that write at once lose no line, also where the file is moved aside meanwhile', async () => {
  const path = join(temporaryFolder(), 'use.ndjson');
  const lines = Array.from({ length: 8 }, (_, log) =>
    Array.from({ length: 60 }, (_, n) => `${log}.${n} ${'x'.repeat(2000)}`),
  );
  await Promise.all(
    lines.map(async (own) => {
      const log = createLineLog(path, 20);
      for (const line of own) await log.add(line);
    }),
  );
  expect((await createLineLog(path, 20).lines()).toSorted()).toEqual(lines.flat().toSorted());
});

it('what is not its own file beside it stays', async () => {
  const folder = temporaryFolder();
  for (const other of ['use.txt', 'used.1.ndjson', 'use']) writeFileSync(join(folder, other), 'other');
  const log = createLineLog(join(folder, 'use.ndjson'), 0);
  for (let number = 0; number < 3; number += 1) await log.add('x'.repeat(300_000));
  expect(await log.lines()).toEqual([]);
  expect(readdirSync(folder).toSorted()).toEqual(['use', 'use.txt', 'used.1.ndjson']);
});

it('where nothing can be written, it says so and has no lines', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const log = createLineLog(join(file, 'below', 'use.ndjson'), 1);
  expect(await log.add('line')).toBe(false);
  expect(await log.lines()).toEqual([]);
  expect(existsSync(join(file, 'below'))).toBe(false);
});
