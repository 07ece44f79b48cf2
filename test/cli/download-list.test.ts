import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { downloadList, planDownloads } from '../../src/cli/download-list.ts';
import { fileRow } from './fake-project.ts';

const run = promisify(execFile);
const BODY = 'ACGT\n';
const MD5 = createHash('md5').update(BODY).digest('hex');
let server: Server;
let origin = '';
const requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url?.startsWith('/missing')) response.writeHead(404).end();
    else response.end(BODY);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

function has(tool: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function runScript(script: string): Promise<{ code: number; folder: string; stdout: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'celline-urls-'));
  const path = join(folder, 'get.sh');
  await writeFile(path, script);
  await chmod(path, 0o755);
  // A proxy of the environment would be asked for the local server too.
  const env = { PATH: process.env.PATH, HOME: folder };
  const { code, stdout } = await run(path, { cwd: folder, env }).then(
    (done) => ({ code: 0, stdout: done.stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  );
  return { code, folder, stdout };
}

describe('names of downloads', () => {
  it('are told apart where two files have the same', () => {
    const plans = planDownloads([
      fileRow('filelist.txt', { parent: 'GSE1' }),
      fileRow('filelist.txt', { parent: 'GSE2' }),
      fileRow('SRR1_1.fastq.gz'),
      fileRow('closed.bam', { urls: [] }),
    ]);
    expect(plans.map((plan) => plan.saveAs)).toEqual(['GSE1_filelist.txt', 'GSE2_filelist.txt', 'SRR1_1.fastq.gz']);
  });

  it('cannot leave the folder, nor look like an option', () => {
    const plans = planDownloads([
      fileRow('../../etc/passwd'),
      fileRow('-rf'),
      fileRow('..'),
      fileRow('a\nout=/etc/passwd'),
    ]);
    expect(plans.map((plan) => plan.saveAs)).toEqual(['SRR1_passwd', '_rf', '_', 'SRR1_generated_passwd']);
  });
});

describe('aria2c', () => {
  it('has mirrors on one line, the name and the checksum', () => {
    const text = downloadList('aria2c', planDownloads([fileRow('a.fastq.gz'), fileRow('b.bam', { md5: null })]));
    expect(text).toBe(
      'https://host.example/a.fastq.gz\tftp://mirror.example/a.fastq.gz\n' +
        '  out=a.fastq.gz\n  checksum=md5=0cc175b9c0f1b6a831c399e269772661\n' +
        'https://host.example/b.bam\tftp://mirror.example/b.bam\n  out=b.bam\n',
    );
  });
});

describe.each(['curl', 'wget'] as const)('the script for %s', (tool) => {
  it.skipIf(!has(tool))('downloads, checks, and takes any name as it is', async () => {
    const name = `it's $(touch owned) "x" &.fastq.gz`;
    const files = [
      fileRow(name, { urls: [`${origin}/a?x='$(touch owned)'`], md5: MD5 }),
      fileRow('mirror.bam', { urls: [`${origin}/missing`, `${origin}/b`], md5: null }),
    ];
    const { code, folder, stdout } = await runScript(downloadList(tool, planDownloads(files)));
    expect(stdout).toContain(': OK');
    expect(code).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['get.sh', name, 'mirror.bam'].sort());
    expect(await readFile(join(folder, name), 'utf8')).toBe(BODY);
    // Run again, it asks for nothing whose checksum is known to be right.
    const before = requests.length;
    await run(join(folder, 'get.sh'), { cwd: folder, env: { PATH: process.env.PATH } }).catch(() => undefined);
    expect(requests.slice(before).filter((url) => url.startsWith('/a'))).toEqual([]);
  });

  it.skipIf(!has(tool))('ends with 1 when a file is missing or wrong, and fetches the others', async () => {
    const files = [
      fileRow('missing.bam', { urls: [`${origin}/missing`] }),
      fileRow('wrong.bam', { urls: [`${origin}/a`], md5: '0'.repeat(32) }),
      fileRow('good.bam', { urls: [`${origin}/a`], md5: MD5 }),
    ];
    const { code, folder, stdout } = await runScript(downloadList(tool, planDownloads(files)));
    expect(code).toBe(1);
    expect(stdout).toContain('good.bam: OK');
    expect(stdout).toContain('wrong.bam: FAILED');
    expect(await readFile(join(folder, 'good.bam'), 'utf8')).toBe(BODY);
  });
});
