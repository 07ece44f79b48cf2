import { expect, it } from 'vitest';
import { listText } from '../../src/cli/list-text.ts';

const LIST = 'GSM1\r\nSRR1039508\r\n';

it.each([
  ['UTF-8', Buffer.from(LIST)],
  ['UTF-8 with a byte-order mark', Buffer.from(`\uFEFF${LIST}`)],
  ['UTF-16, little end first', Buffer.from(`\uFEFF${LIST}`, 'utf16le')],
  ['UTF-16, big end first', Buffer.from(`\uFEFF${LIST}`, 'utf16le').swap16()],
])('reads %s', (_, bytes) => {
  expect(listText(bytes, 'ids.txt')).toBe(LIST);
});

it('keeps what is no UTF-8 within a text: it is a matter of one id', () => {
  expect(listText(Buffer.from([0x47, 0x53, 0x4d, 0x31, 0x0a, 0xe9, 0x00, 0x0a]), 'ids.txt')).toBe('GSM1\n\uFFFD\0\n');
  expect(listText(new Uint8Array(0), 'ids.txt')).toBe('');
});

it.each([
  ['a gzip file', [0x1f, 0x8b, 8, 0], 'zcat'],
  ['a zstd file', [0x28, 0xb5, 0x2f, 0xfd], 'zstdcat'],
  ['a spreadsheet or a zip file', [0x50, 0x4b, 3, 4], 'csv'],
  ['a spreadsheet', [0xd0, 0xcf, 0x11, 0xe0], 'csv'],
])('refuses %s by the name of the file, with the way out', (what, bytes, way) => {
  const read = () => listText(Uint8Array.from(bytes), 'ids.txt');
  expect(read).toThrow(`ids.txt is ${what}, not text.`);
  expect(read).toThrow(expect.objectContaining({ hint: expect.stringContaining(way) }));
});

it('refuses UTF-16 without a byte-order mark, of which every line would be an unknown id', () => {
  expect(() => listText(Buffer.from(LIST, 'utf16le'), 'stdin')).toThrow('stdin is not UTF-8');
});
