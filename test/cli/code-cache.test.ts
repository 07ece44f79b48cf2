import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeFolder, loadScript } from '../../src/cli/code-cache.ts';

let folder: string;
let path: string;
let kept: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'celline-code-test-'));
  path = join(folder, 'program.js');
  kept = join(folder, 'kept');
  mkdirSync(kept);
  write('one');
  return () => rmSync(folder, { recursive: true });
});

function write(answer: string): void {
  writeFileSync(
    path,
    `exports.answer = function () { return '${answer}'; }; exports.name = require('node:path').basename(__filename);`,
  );
}

function start(name = 'query'): { answer: string; wasKept: boolean; keep: () => void } {
  const script = loadScript(path, name, kept);
  const { answer } = script.exports as { answer: () => string };
  return { answer: answer(), wasKept: script.wasKept, keep: script.keep };
}

function keptFile(): string {
  const [name = ''] = readdirSync(kept);
  return join(kept, name);
}

describe('compiled code', () => {
  it('is used by the next start, for the same use of the script', () => {
    const first = start();
    expect(first).toMatchObject({ answer: 'one', wasKept: false });
    first.keep();
    expect(start()).toMatchObject({ answer: 'one', wasKept: true });
    expect(start('add').wasKept).toBe(false);
  });

  it('the script is a CommonJS module', () => {
    expect(loadScript(path, 'query', null).exports).toMatchObject({ name: 'program.js' });
  });

  it('imports by address, also from kept code', async () => {
    const address = pathToFileURL(join(folder, 'plug-in.mjs')).href;
    writeFileSync(join(folder, 'plug-in.mjs'), 'export const answer = await 42;');
    writeFileSync(path, 'exports.answer = () => ""; exports.load = (address) => __import(address);');
    for (const wasKept of [false, true]) {
      const script = loadScript(path, 'query', kept);
      expect(script.wasKept).toBe(wasKept);
      const { load } = script.exports as { load: (address: string) => Promise<{ answer: number }> };
      expect((await load(address)).answer).toBe(42);
      script.keep();
    }
  });

  it('a changed script is seen, also one of the same length', () => {
    start().keep();
    write('two');
    utimesSync(path, 1, 1);
    expect(start()).toMatchObject({ answer: 'two', wasKept: false });
  });

  it('damage at any place, and a file that is cut, are a miss', () => {
    start().keep();
    const whole = readFileSync(keptFile());
    const places = [0, 31, 32, 33, 60, whole.length >> 1, whole.length - 1];
    for (const place of places) {
      const damaged = Buffer.from(whole);
      damaged[place] = (damaged[place] ?? 0) ^ 0xff;
      writeFileSync(keptFile(), damaged);
      expect(start(), `byte ${place}`).toMatchObject({ answer: 'one', wasKept: false });
    }
    for (const length of [0, 1, 32, 33, 34, whole.length - 1]) {
      writeFileSync(keptFile(), whole.subarray(0, length));
      expect(start(), `${length} bytes`).toMatchObject({ answer: 'one', wasKept: false });
    }
  });

  it('is learnt from three starts, and then stays as it is', () => {
    for (let index = 0; index < 3; index += 1) start().keep();
    const { mtimeMs, ino } = statSync(keptFile());
    start().keep();
    expect(statSync(keptFile())).toMatchObject({ mtimeMs, ino });
  });

  it('of more than 64 uses the oldest goes', () => {
    start('first').keep();
    utimesSync(keptFile(), 1, 1);
    for (let index = 0; index < 64; index += 1) start(`use${index}`).keep();
    expect(readdirSync(kept)).toHaveLength(64);
    expect(start('first').wasKept).toBe(false);
    expect(start('use0').wasKept).toBe(true);
  });

  it('where nothing can be written the script runs all the same, and leaves nothing', () => {
    rmSync(kept, { recursive: true });
    writeFileSync(kept, 'a file in its place');
    const script = start();
    expect(script.answer).toBe('one');
    expect(() => script.keep()).not.toThrow();
    expect(readdirSync(folder).sort()).toEqual(['kept', 'program.js']);
  });
});

describe('the folder of compiled code', () => {
  it('is below the one for temporary files, for this user alone', () => {
    const found = codeFolder({}) ?? '';
    expect(found.startsWith(tmpdir())).toBe(true);
    expect(statSync(found).mode & 0o022).toBe(0);
  });

  it('is not used when others may write there, or nobody wants it', () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder;
    try {
      const found = codeFolder({}) ?? '';
      expect(found.startsWith(folder)).toBe(true);
      chmodSync(found, 0o777);
      expect(codeFolder({})).toBeNull();
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    expect(codeFolder({ NODE_DISABLE_COMPILE_CACHE: '1' })).toBeNull();
  });
});
