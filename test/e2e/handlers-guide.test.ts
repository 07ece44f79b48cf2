import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Script, type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { celline, projectFolder } from '../support/celline-process.ts';
import { outcomeLines } from '../support/outcome-lines.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'handlers.md'), 'utf8');
const KEY = 'a-key-of-the-laboratory';

/** A block of code of the guide, by the name behind its fence. */
function block(name: string): string {
  const [, text] = new RegExp(`^\`\`\`\\w+ ${name.replaceAll('.', '\\.')}\\n(.*?)^\`\`\`$`, 'ms').exec(GUIDE) ?? [];
  if (text === undefined) throw new Error(`the guide has no block ${name}`);
  return text;
}

/** A project whose only plug-in is a block of the guide. */
function projectWith(name: string): string {
  const folder = projectFolder();
  mkdirSync(join(folder, 'handlers'));
  writeFileSync(join(folder, 'handlers', name), block(name));
  return folder;
}

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  onTestFinished(() => server.close());
  return server;
}

/** A module whose `startArchive` gives a server that runs already. */
function fixture(folder: string, facts: object): string {
  const path = join(folder, 'fixture.mjs');
  writeFileSync(
    path,
    `export const startArchive = async () => ({ ...${JSON.stringify(facts)}, close: async () => {} });\n`,
  );
  return path;
}

const LIBRARIES: Readonly<Record<string, { accession: string; tissue: string }>> = {
  LIB0001: library('LIB0001', 'brain'),
  LIB0002: library('LIB0002', 'liver'),
};

function library(accession: string, tissue: string) {
  const fastq = [
    `https://files.example.org/${accession}_1.fastq.gz`,
    `https://files.example.org/${accession}_2.fastq.gz`,
  ];
  return {
    accession,
    name: `library ${accession}`,
    species: 'Mus musculus',
    tissue,
    sequencing: [{ run: `${accession}-R1`, fastq, bytes: 1200 }],
  };
}

function laboratory(key: string | null): Script {
  return ({ path, query, headers }) => {
    if (key !== null && headers['x-api-key'] !== key) return { status: 401 };
    const [, , id] = path.split('/');
    if (id !== undefined)
      return LIBRARIES[id] === undefined ? { status: 404 } : { body: JSON.stringify(LIBRARIES[id]) };
    const found = Object.values(LIBRARIES).filter(({ tissue }) => tissue === query.get('tissue'));
    return { body: JSON.stringify(found) };
  };
}

it('000-60: the plug-in of the guide, of at most 60 lines, passes the contract and adds what it finds', async () => {
  expect(block('lab.ts').trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  const folder = projectWith('lab.ts');
  const open = await serve(laboratory(null));
  const facts = { url: open.url, missing: 'LIB9999', search: { tissue: 'brain' } };
  const tested = await celline(['handlers', 'test', 'lab', '--fixture', fixture(folder, facts)], { folder });
  expect(tested.code, tested.stdout + tested.stderr).toBe(0);

  const closed = await serve(laboratory(KEY));
  const env = { LAB_API_URL: closed.url, LAB_API_KEY: KEY };
  const found = await celline(['search', '--handler', 'lab', 'tissue=brain', '--ids-only'], { folder, env });
  expect(found).toMatchObject({ code: 0, stdout: 'LIB0001\n' });
  const added = await celline(['add', '-', 'LIB9999'], { folder, env, stdin: found.stdout });
  expect(
    outcomeLines(added.stdout)
      .map(({ id, outcome, runs }) => [id, outcome, runs])
      .sort(),
    added.stderr,
  ).toEqual([
    ['LIB0001', 'added', 1],
    ['LIB9999', 'not_found', 0],
  ]);
  const urls = await celline(['urls', 'LIB0001'], { folder, env });
  expect(urls.stdout.trim().split('\n')).toHaveLength(2);
  // What is fresh is not asked again, and the rate is that of the handler.
  const asked = closed.requests.length;
  await celline(['add', 'LIB0001'], { folder, env });
  expect(closed.requests).toHaveLength(asked);
  const [handler] = JSON.parse((await celline(['handlers', 'show', 'lab', '--json'], { folder, env })).stdout).hosts;
  expect(handler).toMatchObject({ host: 'lab.example.org', perSecond: 5 });
});

it('000-50, 000-60: the batch-capable plug-in of the guide asks once for twenty ids', async () => {
  expect(block('plates.ts').trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  const folder = projectWith('plates.ts');
  const wells = Array.from({ length: 20 }, (_, index) => `WELLA${String(index + 1).padStart(2, '0')}`);
  const plates: Script = ({ method, path, body }) => {
    if (method === 'POST' && path === '/wells') {
      const asked = (JSON.parse(body) as { ids: string[] }).ids.filter((id) => wells.includes(id));
      return {
        body: JSON.stringify({ wells: asked.map((well) => ({ well, label: `well ${well}`, cellType: 'T cell' })) }),
      };
    }
    if (path.startsWith('/search')) return { body: JSON.stringify({ wells: [{ well: 'WELLA01', label: 'well' }] }) };
    return { status: 404 };
  };
  const server = await serve(plates);
  const facts = { url: server.url, missing: 'WELLH99', search: { label: 'well' } };
  const tested = await celline(['handlers', 'test', 'plates', '--fixture', fixture(folder, facts)], { folder });
  expect(tested.code, tested.stdout + tested.stderr).toBe(0);
  const before = server.requests.length;
  const env = { PLATES_API_URL: server.url };
  const added = await celline(['add', ...wells, 'WELLH99'], { folder, env });
  const rows = outcomeLines(added.stdout);
  expect(rows).toHaveLength(21);
  expect(rows.filter(({ outcome }) => outcome === 'no_runs')).toHaveLength(20);
  expect(rows.find(({ id }) => id === 'WELLH99')?.outcome).toBe('not_found');
  expect(server.requests.length - before).toBe(1);
});
