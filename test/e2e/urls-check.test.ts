import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { type Script, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { builtCelline } from '../support/built-celline.ts';
import { cellineHere } from '../support/celline-here.ts';
import { freshUser, projectFolder } from '../support/celline-process.ts';

const run = promisify(execFile);

/** A project with three stored files at a host of files, one of them not there and one of another size. */
async function storedFiles() {
  const script: Script = ({ path }) =>
    path === '/gone.gz'
      ? { status: 404 }
      : { headers: { 'content-length': '1500', 'content-type': 'application/gzip' } };
  const host = await startScriptedServer(script);
  onTestFinished(() => host.close());
  const folder = projectFolder();
  const env = { NCBI_API_KEY: 'key-0123456789', NCBI_EMAIL: 'me@example.org' };
  const options = { folder, env };
  const files = [
    'key,parent,name,role,origin,urls,bytes,source',
    `L1/a,L1,a.gz,R1,submitted,${host.url}/a.gz,1500,LAB`,
    `L2/gone,L2,gone.gz,R1,submitted,${host.url}/gone.gz,10,LAB`,
    `L3/short,L3,short.gz,R1,submitted,${host.url}/short.gz,1501,LAB`,
  ];
  const take = async (stdin: string, ...words: string[]) => {
    const { code, stderr } = await cellineHere(['import', '-', ...words], { ...options, stdin });
    expect(code, stderr).toBe(0);
  };
  await take('key\nL1\nL2\nL3\n', '--source', 'LAB');
  await take(`${files.join('\n')}\n`, '--table', 'files');
  return { host, folder, options };
}

it('003-12: urls --check in a pipe: 404 is missing, another size differs, exit 3', async () => {
  const { host, folder, options } = await storedFiles();
  const script = `set -o pipefail
celline() { "${process.execPath}" "${builtCelline()}" "$@"; }
celline list --ids-only | celline urls - --check > found.tsv
echo "exit $?"
tail -n +2 found.tsv | sort | cut -f1-4
celline urls L1 --check --quiet > /dev/null && echo all there`;
  const { stdout, stderr } = await run('bash', ['-c', script], { cwd: folder, env: freshUser(options) });
  expect(stdout.trimEnd().split('\n')).toEqual([
    'exit 3',
    `${host.url}/a.gz\tok\t1500\t1500`,
    `${host.url}/gone.gz\tmissing\t10\t`,
    `${host.url}/short.gz\tdiffers\t1501\t1500`,
    'all there',
  ]);
  expect(stderr).toContain('3 addresses: 1 ok, 1 missing, 1 differs.');
  expect(host.requests.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
    ['/a.gz', '/a.gz', '/gone.gz', '/short.gz'].map((path) => `HEAD ${path}`),
  );
  expect(JSON.stringify(host.requests)).not.toMatch(/key-0123456789|me@example/);
});

it('003-12: offline it is refused before anything is printed', async () => {
  const { host, options } = await storedFiles();
  const { code, stdout, stderr } = await cellineHere(['urls', 'L1', '--check', '--offline'], options);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('addresses are not checked offline');
  expect(host.requests).toEqual([]);
});
