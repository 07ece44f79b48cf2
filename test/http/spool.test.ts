import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSpool } from '../../src/http/body/spool.ts';
import { startStack } from './stack-under-test.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-01-10T00:00:00Z');

function folderWithStale(): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-spools-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stale = join(folder, 'celline-spool-old');
  mkdirSync(join(stale, 'body'), { recursive: true });
  const then = new Date(NOW - 2 * DAY_MS);
  utimesSync(stale, then, then);
  return folder;
}

test('what a killed process left goes with the next large body', async () => {
  const folder = folderWithStale();
  const spool = createSpool([folder], { now: () => NOW });
  await (await spool.create()).finish();
  expect(readdirSync(folder)).not.toContain('celline-spool-old');
  await spool.close();
  expect(readdirSync(folder)).toEqual([]);
});

test.runIf(process.geteuid?.() === 0)(
  "what another user's left stays, and the folder is used all the same",
  async () => {
    const folder = folderWithStale();
    chmodSync(folder, 0o1777);
    const spool = createSpool([folder], { now: () => NOW });
    process.seteuid?.(65_534);
    try {
      const file = await spool.create();
      await file.write(Buffer.from('body'));
      await file.finish();
      expect(readdirSync(folder)).toContain('celline-spool-old');
      await spool.close();
    } finally {
      process.seteuid?.(0);
    }
  },
);

test('a large body that is none leaves no file behind, however often it comes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'celline-spools-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const page = `<html><body>${'we are down '.repeat(800_000)}</body></html>`;
  const under = await startStack(() => ({ body: page }), { spoolFolders: [folder] });
  onTestFinished(() => under.close());
  await expect(under.http.text(under.request('/x'))).rejects.toMatchObject({ fields: { kind: 'html' } });
  expect(under.server.requests).toHaveLength(3);
  const left = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(left).toEqual([]);
});
