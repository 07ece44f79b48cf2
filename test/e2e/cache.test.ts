import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { outcomeLines } from '../support/outcome-lines.ts';

const WORLD = { series: 2, samplesPerSeries: 12 };
/** As NCBI with a key: the rate is not what these tests are about. */
const KEY = { NCBI_API_KEY: 'key' };

async function start(port = 0) {
  const server = await startArchiveServer({ world: generateWorld(WORLD), port });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await server.close();
    isOpen = false;
  };
  onTestFinished(close);
  return { server, close };
}

function runner(folder: string, url: string) {
  return async (...args: string[]) => {
    const { code, stdout, stderr } = await cellineHere(args, { folder, url, env: KEY });
    return { code, stdout, stderr };
  };
}

function outcomes(stdout: string): string[] {
  return [...new Set(outcomeLines(stdout).map(({ outcome }) => outcome))];
}

describe('celline cache', () => {
  it('000-33 without the tables every answer comes from the cache; stats, verify, rm and clear work on it', async () => {
    const { server } = await start();
    const folder = projectFolder();
    const run = runner(folder, server.url);
    const ids = generateWorld(WORLD).samples.map(({ alias }) => alias);
    writeFileSync(join(folder, 'ids.txt'), ids.join('\n'));
    expect((await run('add', '--from', 'ids.txt')).code).toBe(0);
    const asked = server.requests.length;
    rmSync(join(folder, 'DB'), { recursive: true });
    const again = await run('add', '--from', 'ids.txt');
    expect([again.code, outcomes(again.stdout)], again.stderr).toEqual([0, ['added']]);
    expect(server.requests.length).toBe(asked);
    const stats = JSON.parse((await run('cache', 'stats', '--json')).stdout);
    expect(stats).toMatchObject({
      lastCommand: { misses: 0, stale: 0, hitRate: 1, commands: 1 },
      allCommands: { commands: 2 },
      backends: { metadata: 'json', blob: 'filesystem' },
      orphans: { bodies: 0 },
    });
    expect(stats.entries).toBeGreaterThan(2);
    expect((await run('cache', 'verify')).code).toBe(0);
    const [, first = ''] = (await run('cache', 'list', '--handler', 'geo')).stdout.split('\n');
    expect(await run('cache', 'rm', first.split('\t')[0] ?? '')).toMatchObject({ code: 0 });
    expect(await run('cache', 'clear', '--yes')).toMatchObject({ code: 0 });
    expect(JSON.parse((await run('cache', 'stats', '--json')).stdout)).toMatchObject({ entries: 0, bytes: 0 });
    const files = readdirSync(join(folder, '.cache', 'v1'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /\.(cache|body|tmp)$/.test(name))).toEqual([]);
  });

  it('a stored search whose session the archive has forgotten is asked again, when its pages are not stored any more', async () => {
    const before = await start();
    const folder = projectFolder();
    const run = runner(folder, before.server.url);
    expect((await run('add', 'GSM99000001', 'GSM99000002')).code).toBe(0);
    await before.close();
    // As an archive after some hours: it knows no session of the past.
    const { server } = await start(Number(new URL(before.server.url).port));
    rmSync(join(folder, 'DB'), { recursive: true });
    const pages = (await run('cache', 'list', '--url', 'efetch', '--format', 'ndjson')).stdout.trim().split('\n');
    expect((await run('cache', 'rm', ...pages.map((line) => JSON.parse(line).key))).code).toBe(0);
    const again = await run('add', 'GSM99000001', 'GSM99000002');
    expect([again.code, outcomes(again.stdout)], again.stderr).toEqual([0, ['added']]);
    expect(server.requests.map(({ endpoint }) => endpoint)).toEqual(['efetch sra', 'esearch sra', 'efetch sra']);
  });
});
