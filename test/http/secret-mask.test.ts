import { expect, test } from 'vitest';
import { createSecretMask } from '../../src/http/secret-mask.ts';

const KEY = 'pa+ss/w "ord<&>é-0123456789';

function maskOf(...secrets: string[]) {
  const known = createSecretMask();
  for (const secret of secrets) known.add(secret);
  return known;
}

test.each([
  ['itself', KEY],
  ['in base64', Buffer.from(KEY).toString('base64')],
  ['in base64 of addresses', Buffer.from(KEY).toString('base64url')],
  ['in an address', encodeURIComponent(KEY)],
  ['in an address, in small letters', encodeURIComponent(KEY).replace(/%../g, (code) => code.toLowerCase())],
  ['in a form', new URLSearchParams({ k: KEY }).toString().slice(2)],
  ['in JSON', JSON.stringify(KEY).slice(1, -1)],
  ['in HTML', KEY.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('"', '&quot;')],
])('000-19: a secret is blanked out %s', async (_how, form) => {
  const secrets = maskOf(KEY);
  expect(secrets.mask(`before ${form} after ${form}`)).toBe('before *** after ***');
  async function* chunks() {
    yield Buffer.from(`before ${form.slice(0, 5)}`);
    yield Buffer.from(`${form.slice(5)} after`);
  }
  expect(await secrets.isIn(chunks())).toBe(true);
});

test('a text that is cut within a secret shows none of it', () => {
  const secrets = maskOf('0123456789abcdef');
  expect(secrets.mask('key=0123456789ab')).toBe('key=***');
  expect(secrets.mask('key=0123456789ab", retrying')).toBe('key=***", retrying');
  expect(secrets.mask('run 0123456 is another')).toBe('run 0123456 is another');
});

test('a login is blanked out as Basic sends it, and its password alone', () => {
  const secrets = createSecretMask();
  secrets.addLogin('ada@example.org', 'difference-engine');
  const sent = Buffer.from('ada@example.org:difference-engine').toString('base64');
  expect(secrets.mask(`Basic ${sent} of ada@example.org, difference-engine`)).toBe('Basic *** of ada@example.org, ***');
});

test('what is too short to be a secret leaves messages readable', () => {
  const secrets = maskOf('key', '');
  expect(secrets.mask('API key invalid')).toBe('API key invalid');
  expect(secrets.isEmpty()).toBe(true);
});
