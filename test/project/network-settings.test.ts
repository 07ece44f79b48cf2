import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAuthorities } from '../../src/project/read-authorities.ts';
import { readProxies } from '../../src/project/read-proxies.ts';
import { makeCertificate } from '../../src/testing/certificate.ts';

describe('proxies of the environment', () => {
  const shown = (env: Record<string, string>) => {
    const { http, https, no } = readProxies(env);
    return [http, https, no].map((one) =>
      typeof one === 'object' ? `${one.variable} ${one.url.href}` : (one ?? null),
    );
  };

  test.each([
    [{}, [null, null, null]],
    [{ HTTPS_PROXY: 'http://p:3128' }, [null, 'HTTPS_PROXY http://p:3128/', null]],
    [{ https_proxy: 'http://a', HTTPS_PROXY: 'http://b' }, [null, 'https_proxy http://a/', null]],
    [{ https_proxy: ' ', HTTPS_PROXY: 'http://b' }, [null, 'HTTPS_PROXY http://b/', null]],
    [{ HTTP_PROXY: 'p:8080' }, ['HTTP_PROXY http://p:8080/', null, null]],
    [{ ALL_PROXY: 'http://p' }, ['ALL_PROXY http://p/', 'ALL_PROXY http://p/', null]],
    [{ all_proxy: 'http://p', http_proxy: 'https://q' }, ['http_proxy https://q/', 'all_proxy http://p/', null]],
    // What nobody asks is not looked at.
    [
      { ALL_PROXY: 'socks5://s', HTTP_PROXY: 'http://p', HTTPS_PROXY: 'http://p' },
      ['HTTP_PROXY http://p/', 'HTTPS_PROXY http://p/', null],
    ],
    [{ HTTPS_PROXY: 'http://me:p%40ss@[::1]:3128' }, [null, 'HTTPS_PROXY http://me:p%40ss@[::1]:3128/', null]],
    [{ NO_PROXY: 'a', no_proxy: 'b,c' }, [null, null, 'b,c']],
  ])('%j', (env, expected) => {
    expect(shown(env)).toEqual(expected);
  });

  test.each([
    ['socks5://me:secret@p:1080', 'HTTPS_PROXY holds a SOCKS proxy (socks5://)'],
    ['SOCKS5H://p:1080', 'a SOCKS proxy (socks5h://)'],
    ['ftp://p', 'no address of a proxy'],
    ['http://', 'no address of a proxy'],
    ['http://me:sec#ret@p:3128', 'no address of a proxy'],
    ['http://me:secret%zz@p:3128', 'no address of a proxy'],
  ])('%s is refused by the name of its variable', (HTTPS_PROXY, message) => {
    let error: unknown;
    try {
      readProxies({ HTTPS_PROXY });
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'CONFIG', message: expect.stringContaining(message) });
    expect(`${String(error)} ${JSON.stringify(error)}`).toContain('HTTPS_PROXY');
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/sec#?ret/);
  });
});

describe('certificate authorities', () => {
  const [one, other] = [makeCertificate({ name: 'One' }).cert, makeCertificate({ name: 'Other' }).cert];
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'celline-test-'));
    await writeFile(join(folder, 'one.pem'), `Subject: CN = One – µ\n${one}`);
    await writeFile(join(folder, 'both.pem'), one + other.replaceAll('\n', '\r\n'));
    await writeFile(join(folder, 'other.pem'), other);
    await writeFile(join(folder, 'empty.pem'), '');
    await writeFile(join(folder, 'der.pem'), Buffer.from(one.replace(/-.*-|\s/g, ''), 'base64'));
    await writeFile(join(folder, 'damaged.pem'), one.replace(/^M.{20}/m, 'AAAA'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('none without caFile, since Node reads its variable then', async () => {
    expect(await readAuthorities(undefined, folder, { NODE_EXTRA_CA_CERTS: 'nowhere.pem' })).toEqual([]);
  });

  test('those of caFile, relative to the project, and those of Node', async () => {
    expect(await readAuthorities('one.pem', folder, {})).toEqual([one]);
    expect(await readAuthorities('both.pem', folder, { NODE_EXTRA_CA_CERTS: '' })).toEqual([one, other]);
    const NODE_EXTRA_CA_CERTS = join(folder, 'other.pem');
    expect(await readAuthorities('one.pem', folder, { NODE_EXTRA_CA_CERTS })).toEqual([one, other]);
  });

  test.each([
    ['nowhere.pem', 'which is not there'],
    ['empty.pem', 'which is empty'],
    ['der.pem', 'which holds no certificate'],
    ['damaged.pem', 'which holds a certificate that is damaged'],
    ['.', 'which cannot be read (EISDIR)'],
  ])('a file %s is refused by name', async (file, message) => {
    const path = join(folder, file);
    const ours = { code: 'CONFIG', message: expect.stringMatching(/^caFile names /), fields: { path } };
    await expect(readAuthorities(file, folder, {})).rejects.toMatchObject(ours);
    await expect(readAuthorities(file, folder, {})).rejects.toThrow(message);
    await expect(readAuthorities(file, folder, {})).rejects.not.toHaveProperty('cause', null);
    const env = { NODE_EXTRA_CA_CERTS: path };
    await expect(readAuthorities('one.pem', folder, env)).rejects.toThrow(`NODE_EXTRA_CA_CERTS names ${path}`);
  });
});
