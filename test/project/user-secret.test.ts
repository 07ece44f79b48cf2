import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { userSecret, userStateFolder } from '../../src/project/user-secret.ts';
import { makeTestFolder, removeFolders } from '../store/open-test-store.ts';

afterAll(removeFolders);

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('many at once get the same secret, which nobody else can read', async () => {
  const folder = join(await makeTestFolder(), 'state', 'celline');
  const secrets = await Promise.all(Array.from({ length: 30 }, () => userSecret(folder)));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(await userSecret(folder)).toBe(secrets[0]);
  expect(readdirSync(folder)).toEqual(['cache-secret']);
  expect([modeOf(folder), modeOf(join(folder, 'cache-secret'))]).toEqual([0o700, 0o600]);
});

test('two users have two', async () => {
  expect(await userSecret(await makeTestFolder())).not.toBe(await userSecret(await makeTestFolder()));
});

test.each([
  ['is torn', (path: string) => writeFileSync(path, 'abc', { mode: 0o600 })],
  ['is empty', (path: string) => writeFileSync(path, '', { mode: 0o600 })],
  ['others can read', (path: string) => chmodSync(path, 0o644)],
])('one that %s is replaced', async (_what, spoil) => {
  const folder = await makeTestFolder();
  const path = join(folder, 'cache-secret');
  const before = await userSecret(folder);
  spoil(path);
  const after = await userSecret(folder);
  expect(after).not.toBe(before);
  expect(readFileSync(path, 'utf8')).toBe(after);
  expect(modeOf(path)).toBe(0o600);
});

test('a folder that cannot be made is an error', async () => {
  const folder = await makeTestFolder();
  writeFileSync(join(folder, 'file'), '');
  await expect(userSecret(join(folder, 'file', 'celline'))).rejects.toThrow();
  mkdirSync(join(folder, 'cache-secret'));
  await expect(userSecret(folder)).rejects.toThrow();
});

test('the folder is that of the state of the user', () => {
  expect(userStateFolder({ HOME: '/home/ada' })).toBe('/home/ada/.local/state/celline');
  expect(userStateFolder({ HOME: '/home/ada', XDG_STATE_HOME: '/state' })).toBe('/state/celline');
});
