import { expect, test } from 'vitest';
import { createSecretMask } from '../../src/http/secrets/secret-mask.ts';

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
  // The digit at the end of base64 and its filling may stay: they hold less than a letter.
  expect(secrets.mask(`before ${form} after ${form}`)).toMatch(/^before \*\*\*.?=* after \*\*\*.?=*$/);
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

test.each(['', 'a:', 'ab:', 'ada@example.org:'])('the key after %j in base64, as Basic sends a password', (before) => {
  const sent = Buffer.from(`${before}difference-engine`).toString('base64');
  const masked = maskOf('difference-engine').mask(`Basic ${sent} of ada`);
  expect(masked).toMatch(/^Basic .*\*\*\*.{0,2}=* of ada$/);
  expect(Buffer.from(masked.slice(6, -7), 'base64').toString()).not.toMatch(/ifferenc|engin/);
});

test('what is too short to be a secret leaves messages readable', () => {
  const secrets = maskOf('key', '');
  expect(secrets.mask('API key invalid')).toBe('API key invalid');
  expect(secrets.isEmpty()).toBe(true);
});
