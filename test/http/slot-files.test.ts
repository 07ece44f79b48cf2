import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  linkSync,
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
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FULL_PACE } from '../../src/http/limit/pace.ts';
import type { SlotChain } from '../../src/http/limit/slot-chain.ts';
import { createSlotFiles } from '../../src/http/limit/slot-files.ts';
import type { SlotRecord } from '../../src/http/limit/slot-record.ts';
import type { MakeLink } from '../../src/http/limit/whole-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'celline-slots-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const chainFolder = () => join(folder, 'NCBI');
const record = (at: number): SlotRecord => ({ at, spacing: 350, delay: 0, pace: FULL_PACE });

function openChain(makeLink: MakeLink = linkSync): SlotChain {
  return createSlotFiles({ limitsFolder: () => folder, name: () => 'NCBI', randomId: randomUUID, makeLink });
}

function addRecords(chain: SlotChain, count: number): void {
  for (let i = 1; i <= count; i += 1) expect(chain.append(chain.end(), record(1000 + i))).toBe(true);
}

const noLinks: MakeLink = () => {
  throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
};

test.each([
  ['with hard links', linkSync],
  ['without hard links', noLinks],
])('%s: a number belongs to one, the newest eight stay, nothing else is left', (_, makeLink) => {
  const [one, two] = [openChain(makeLink), openChain(makeLink)];
  expect(one.end()).toEqual({ number: 0, record: null, unread: 0 });
  const end = two.end();
  expect(one.append(end, record(1))).toBe(true);
  expect(two.append(end, record(2))).toBe(false);
  expect(two.end()).toEqual({ number: 1, record: record(1), unread: 0 });
  addRecords(two, 100);
  expect(
    readdirSync(chainFolder())
      .map(Number)
      .sort((a, b) => a - b),
  ).toEqual([94, 95, 96, 97, 98, 99, 100, 101]);
  expect(one.end()).toEqual({ number: 101, record: record(1100), unread: 0 });
});

test('a process that stood still while its number became free again claims nothing', () => {
  const [slow, fast] = [openChain(), openChain()];
  addRecords(fast, 1);
  const end = slow.end();
  addRecords(fast, 20);
  expect(readdirSync(chainFolder())).not.toContain('2');
  expect(slow.append(end, record(5))).toBe(false);
  expect(slow.end()).toEqual({ number: 21, record: record(1020), unread: 0 });
  addRecords(fast, 1);
  expect(readdirSync(chainFolder())).toHaveLength(8);
});

test('a link that was made in spite of an error, as NFS may say, is ours', () => {
  const chain = openChain((existing, made) => {
    linkSync(existing, made);
    throw Object.assign(new Error('file exists'), { code: 'EEXIST' });
  });
  addRecords(chain, 3);
  expect(chain.end().number).toBe(3);
});

test('a damaged record, or one that is none of ours, is passed over and goes with the others', () => {
  const chain = openChain();
  addRecords(chain, 3);
  writeFileSync(join(chainFolder(), '4'), '');
  mkdirSync(join(chainFolder(), '5'));
  writeFileSync(join(chainFolder(), 'notes.txt'), 'mine');
  expect(chain.end()).toEqual({ number: 5, record: record(1003), unread: 2 });
  addRecords(chain, 20);
  expect(chain.end()).toEqual({ number: 25, record: record(1020), unread: 0 });
  expect(readdirSync(chainFolder())).toHaveLength(9);
  expect(readFileSync(join(chainFolder(), 'notes.txt'), 'utf8')).toBe('mine');
});

test('what a killed process left unfinished goes after a minute, what is being written stays', () => {
  const chain = openChain();
  addRecords(chain, 1);
  const [old, young] = ['.tmp-old', '.tmp-young'].map((name) => join(chainFolder(), name)) as [string, string];
  for (const path of [old, young]) writeFileSync(path, '{');
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(old, anHourAgo, anHourAgo);
  addRecords(chain, 2);
  expect(readdirSync(chainFolder()).filter((name) => name.startsWith('.'))).toEqual(['.tmp-young']);
});

test('a folder that somebody removes is made again', () => {
  const chain = openChain();
  addRecords(chain, 2);
  const end = chain.end();
  rmSync(chainFolder(), { recursive: true });
  expect(chain.append(end, record(9))).toBe(false);
  addRecords(chain, 1);
  expect(chain.end().number).toBe(1);
});

test('a folder for several users hands its rights on', () => {
  for (const [rights, ofFolder, ofFile] of [
    [0o2770, 0o2770, 0o660],
    [0o700, 0o700, 0o600],
  ] as const) {
    const limits = mkdtempSync(join(folder, 'limits-'));
    chmodSync(limits, rights);
    const chain = createSlotFiles({ limitsFolder: () => limits, name: () => 'ENA', randomId: randomUUID });
    addRecords(chain, 1);
    expect(statSync(join(limits, 'ENA')).mode & 0o7777).toBe(ofFolder);
    expect(statSync(join(limits, 'ENA', '1')).mode & 0o777).toBe(ofFile);
  }
});

test('a file system on which no record can be added is told, not tried for ever', () => {
  const chain = openChain(() => {
    throw Object.assign(new Error('file exists'), { code: 'EEXIST' });
  });
  expect(() => {
    for (;;) chain.append(chain.end(), record(1));
  }).toThrow('no record can be added');
});
