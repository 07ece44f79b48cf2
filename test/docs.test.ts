import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_HANDLERS } from '../handlers/index.ts';
import { parseCommandLine } from '../src/cli/command-line.ts';
import { findCommand, runnableCommands } from '../src/cli/command-paths.ts';
import { COMMANDS } from '../src/cli/declarations/commands.ts';
import { EXIT, exitCodeOfOutcomes } from '../src/cli/exit-code.ts';
import { environmentPrefix, VARIABLE_NAMES } from '../src/config/environment.ts';
import { takenSchemes } from '../src/config/secrets.ts';
import { GOOD_OUTCOMES, OUTCOMES } from '../src/records/asked.ts';
import { type ArchiveServer, startArchiveServer } from '../src/testing/archive-server/server.ts';
import type { World } from '../src/testing/archive-server/world.ts';
import { GENERATED } from './docs/generated-tables.ts';
import { findFences, findLinks, headingAnchors, tableBelow } from './docs/markdown.ts';
import { builtCelline } from './support/built-celline.ts';

const ROOT = join(import.meta.dirname, '..');
/** With UPDATE_DOCS=1 the generated tables and the outputs of commands are written into the pages instead of compared. */
const UPDATE = process.env.UPDATE_DOCS === '1';

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...markdownBelow('docs'),
  ...markdownBelow('handlers'),
];

function markdownBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

describe('tables of the pages', () => {
  const places = PAGES.flatMap((page) =>
    [...read(page).matchAll(/^<!-- begin ([\w-]+) -->$/gm)].map((match) => ({ page, name: match[1] ?? '' })),
  );

  it('every generated table stands somewhere', () => {
    expect([...new Set(places.map(({ name }) => name))].sort()).toEqual(Object.keys(GENERATED).sort());
  });

  it.each(places)('$name in $page is what the program says', ({ page, name }) => {
    const text = read(page);
    const [begin, end] = [`<!-- begin ${name} -->\n`, `\n<!-- end ${name} -->`];
    const start = text.indexOf(begin) + begin.length;
    const stop = text.indexOf(end, start);
    expect(stop, `no end of ${name}`).toBeGreaterThan(0);
    const wanted = `\n${GENERATED[name]?.() ?? ''}\n`;
    if (UPDATE) writeFileSync(join(ROOT, page), text.slice(0, start) + wanted + text.slice(stop));
    else expect(text.slice(start, stop)).toBe(wanted);
  });

  it('outcomes: every one, in order, with the exit code it has alone', () => {
    const rows = tableBelow(read('docs/outcomes.md'), '## The outcomes');
    expect(rows.map(([name]) => name)).toEqual(OUTCOMES);
    for (const [name = '', good, exit, meaning = ''] of rows) {
      const outcome = OUTCOMES.find((one) => one === name);
      if (outcome === undefined) continue;
      expect([name, good, exit]).toEqual([
        name,
        GOOD_OUTCOMES.has(outcome) ? 'yes' : '',
        String(exitCodeOfOutcomes([outcome])),
      ]);
      expect(meaning.length, name).toBeGreaterThan(20);
    }
  });

  it.each(['README.md', 'docs/outcomes.md'])('exit codes in %s: all of them and no other', (page) => {
    const codes = tableBelow(read(page), '## Exit codes').map(([code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT).sort((a, b) => a - b));
  });

  it('environment: every variable that the configuration reads', () => {
    const named = tableBelow(read('docs/configuration.md'), '## Environment variables').map(([name]) => name);
    const ofHandlers = BUILT_IN_HANDLERS.flatMap((handler) =>
      [...(takenSchemes(handler).length > 0 ? ['API_KEY'] : []), 'API_URL', 'RATE_LIMIT', 'CACHE_TTL'].map(
        (suffix) => `${environmentPrefix(handler)}_${suffix}`,
      ),
    );
    for (const name of VARIABLE_NAMES) expect(named).toContain(name);
    for (const name of ofHandlers) expect(named).toContain(name);
    expect(new Set(named).size).toBe(named.length);
  });

  it('dependencies: every package with a reason, and no other', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    const rows = tableBelow(read('README.md'), '## Dependencies');
    const named = rows.flatMap(([names = '']) => names.split(', '));
    expect(named.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort());
    for (const [names, , reason = ''] of rows) expect(reason.length, names).toBeGreaterThan(20);
  });
});

describe('commands in the pages', () => {
  const lines = PAGES.flatMap((page) =>
    findFences(read(page))
      .filter(({ info }) => /^sh\b/.test(info))
      .flatMap(({ text, line }) => cellineCalls(text).map((words) => ({ at: `${page}:${line}`, words }))),
  );

  it('every command is shown at least once', () => {
    const shown = new Set(lines.map(({ words }) => findCommand(COMMANDS, words)?.path));
    const paths = runnableCommands(COMMANDS).map(({ path }) => path);
    expect(paths.filter((path) => !shown.has(path))).toEqual([]);
  });

  it.each(lines)('$at: celline $words parses', ({ words }) => {
    const style = { columns: 80, title: (text: string) => text };
    expect(() => parseCommandLine(words, style as Parameters<typeof parseCommandLine>[1])).not.toThrow();
  });
});

/** The arguments of each call of celline in a shell text, as bash itself splits them. */
function cellineCalls(text: string): string[][] {
  const whole = text.replace(/\\\n\s*/g, ' ');
  return whole
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => line.match(/(?<![\w./-])celline (?:'[^']*'|"[^"]*"|[^'"|;&<>#()])*/g) ?? [])
    .map((call) => {
      const script = `printf '%s\\n' ${call.replace(/^celline/, '').trim()}`;
      return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').slice(0, -1);
    });
}

describe('commands marked `demo`, run in order in one folder', () => {
  let server: ArchiveServer;
  const folder = mkdtempSync(join(tmpdir(), 'celline-docs-'));

  beforeAll(async () => {
    const world = JSON.parse(read('fixtures/demo/world.json')) as World;
    const none = Number.POSITIVE_INFINITY;
    const limits = { ncbiPerSecond: none, ncbiPerSecondWithKey: none, enaPerSecond: none };
    server = await startArchiveServer({ world, limits });
    const shim = (flags: string) => `#!/bin/sh\nexec "${process.execPath}" "${builtCelline()}" ${flags} "$@"\n`;
    for (const [name, flags] of [
      ['plain', ''],
      ['terminal', '--format table'],
    ]) {
      const bin = join(folder, `.bin-${name}`);
      execFileSync('mkdir', ['-p', bin]);
      writeFileSync(join(bin, 'celline'), shim(flags ?? ''));
      chmodSync(join(bin, 'celline'), 0o755);
    }
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const blocks = findFences(read('README.md')).filter(({ info }) => /^sh demo\b/.test(info));

  it('there are some', () => {
    expect(blocks.length).toBeGreaterThan(8);
  });

  it.each(blocks)('README.md:$line', async (block) => {
    const isTerminal = block.info.includes('terminal');
    const { code, output } = await runBlock(block.text, { folder, isTerminal, url: server.url });
    expect([code, output.includes('fault of celline')], output).toEqual([exitOf(block.info), false]);
    const page = read('README.md');
    const shown = outputBelow(page, block.text);
    if (shown === null) return;
    if (UPDATE)
      writeFileSync(
        join(ROOT, 'README.md'),
        page.replace(shown.whole, () => shown.written(output)),
      );
    else expect(linesOf(output, block.info)).toEqual(linesOf(shown.text, block.info));
  });
});

interface Place {
  readonly folder: string;
  readonly url: string;
  /** What a person sees: tables, and what is said beside them. */
  readonly isTerminal: boolean;
}

async function runBlock(
  text: string,
  { folder, isTerminal, url }: Place,
): Promise<{ code: number | null; output: string }> {
  const { spawn } = await import('node:child_process');
  const bin = join(folder, isTerminal ? '.bin-terminal' : '.bin-plain');
  // A key raises the rate from 3 to 10 a second; the server takes any.
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: folder,
    CELLINE_RUNTIME_DIR: join(folder, '.config', 'runtime'),
    NO_PROXY: '127.0.0.1',
    NCBI_API_KEY: 'of-the-demo',
    GEO_API_URL: url,
    INSDC_API_URL: url,
  };
  const script = `${isTerminal ? 'exec 2>&1\n' : ''}${text}`;
  const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.resume();
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, output };
}

function exitOf(info: string): number {
  return Number(/exit=(\d+)/.exec(info)?.[1] ?? 0);
}

/** Ids of different calls are answered in any order. */
function linesOf(text: string, info: string): string[] {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.trimEnd());
  return info.includes('any-order') ? lines.sort() : lines;
}

/** The ```text block that follows a command block, with the way to write another one in its place. */
function outputBelow(page: string, command: string) {
  const start = page.indexOf(`${command}\`\`\`\n`) + command.length + 4;
  const found = /^\n```text\n([\s\S]*?)```\n/.exec(page.slice(start));
  if (found === null) return null;
  const whole = page.slice(start - command.length - 4, start) + found[0];
  const kept = whole.slice(0, whole.length - found[0].length);
  const tidy = (output: string) =>
    output
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n');
  return { whole, text: found[1] ?? '', written: (output: string) => `${kept}\n\`\`\`text\n${tidy(output)}\`\`\`\n` };
}

describe('links and names', () => {
  it.each(PAGES)('002-25 links of %s resolve', (page) => {
    const missing = findLinks(read(page)).filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
      if (!existsSync(file)) return true;
      return anchor !== undefined && !headingAnchors(readFileSync(file, 'utf8')).includes(anchor);
    });
    expect(missing).toEqual([]);
  });

  it('002-25 every page of docs/ can be reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const target of findLinks(read(page))) {
        const file = relative(ROOT, resolve(ROOT, dirname(page), target.split('#')[0] ?? ''));
        if (existsSync(join(ROOT, file)) && file.startsWith('docs/decisions') && !file.endsWith('.md')) {
          for (const name of readdirSync(join(ROOT, file))) reached.add(join(file, name));
        } else if (file.endsWith('.md') && existsSync(join(ROOT, file))) reached.add(file);
      }
    }
    expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
  });

  it.each(PAGES)('files that %s names are there', (page) => {
    const named = [...read(page).matchAll(/`((?:src|handlers|bin|test|bench|fixtures)\/[\w./-]+)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('hosts that the pages name are those of archives and of tools', () => {
    const hosts = PAGES.flatMap((page) =>
      [...read(page).matchAll(/https?:\/\/([\w.-]+)/g)].map((match) => match[1] ?? ''),
    );
    const known =
      /(?:^|\.)(?:ncbi\.nlm\.nih\.gov|ebi\.ac\.uk|amazonaws\.com|keepachangelog\.com|api\.mycustomdb\.org|example\.org|github\.com)$|^127\.0\.0\.1$/;
    expect(hosts.filter((host) => !known.test(host))).toEqual([]);
  });

  it('no file names the machine that it was written on', () => {
    const listed = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).stdout ?? '';
    const files = listed === '' ? PAGES : listed.split('\0').filter((name) => name !== '');
    const marks = [ROOT, homedir(), hostname()].filter((mark) => mark.length > 5);
    const named = files.filter((file) => {
      const path = join(ROOT, file);
      return existsSync(path) && marks.some((mark) => readFileSync(path, 'latin1').includes(mark));
    });
    expect(named).toEqual([]);
  });

  it('the lock file names no host', () => {
    expect(read('package-lock.json')).not.toMatch(
      /https?:\/\/(?!(?:www\.)?(?:github\.com|opencollective\.com|tidelift\.com|paulmillr\.com))[\w.-]+\/[^"]*\.tgz/,
    );
  });
});
