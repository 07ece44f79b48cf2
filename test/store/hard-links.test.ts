import { randomUUID } from 'node:crypto';
import { copyFile, link, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { judgeCommits } from '../../src/project/examine-commits.ts';
import { openStoreCare } from '../../src/store/care/open-care.ts';
import type { MakeLink } from '../../src/store/disk/hard-links.ts';
import { storeLayout } from '../../src/store/disk/layout.ts';
import { geoSample, oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from './open-test-store.ts';

afterAll(removeFolders);

function failing(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** File systems that are not as ours, by what `link` does on them. */
const ODD: Readonly<Record<string, MakeLink>> = {
  'has none': async () => {
    throw failing('EPERM');
  },
  'copies instead': async (from, to) => copyFile(from, to),
  'replaces what is there': async (from, to) => {
    const beside = `${to}.beside`;
    await link(from, beside);
    await rename(beside, to);
  },
};

/** Like NFS when an answer is lost: the link is made, and asked for again, which fails. */
const FORGETFUL: MakeLink = async (from, to) => {
  await link(from, to);
  await link(from, to);
};

async function formatOf(dir: string) {
  return JSON.parse(await readFile(storeLayout(dir).format, 'utf8'));
}

describe('hard links', () => {
  test('are used where they are as they should be', async () => {
    const dir = join(await makeTestFolder(), 'DB');
    const store = openTestStore(dir);
    await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    await store.close();
    expect(await formatOf(dir)).toMatchObject({ protocol: 'link', because: null });
    const care = openStoreCare({ dir, clock: TEST_CLOCK, randomId: randomUUID });
    const protocol = await care.protocol();
    expect(protocol).toMatchObject({ protocol: 'link', fault: null });
    if (protocol !== null) expect(judgeCommits(protocol).state).toBe('ok');
    expect((await readdir(storeLayout(dir).manifests)).filter((name) => name.startsWith('.tmp-'))).toEqual([]);
    await care.close();
  });

  test.each([
    ['has none', 'the file system has no hard links (EPERM)'],
    ['copies instead', 'a hard link is another file here'],
    ['replaces what is there', 'a hard link replaces a name that is taken'],
  ])('of a file system that %s are found out, named, and replaced by a lock file', async (name, because) => {
    const dir = join(await makeTestFolder(), 'DB');
    const makeLink = ODD[name] ?? link;
    const writers = [0, 1].map(() => openTestStore(dir, { makeLink }));
    await Promise.all(
      writers.flatMap((store, writer) =>
        Array.from({ length: 5 }, (_, number) =>
          store.commit(oneUnit({ samples: [geoSample(`GSM${writer}${number}`)] })),
        ),
      ),
    );
    expect(await writers[0]?.count({ table: 'samples' })).toBe(10);
    for (const store of writers) await store.close();
    const format = await formatOf(dir);
    expect(format.protocol).toBe('lock');
    expect(format.because).toContain(because);
    const care = openStoreCare({ dir, clock: TEST_CLOCK, randomId: randomUUID, makeLink });
    const protocol = await care.protocol();
    await care.close();
    if (protocol === null) throw new Error('no store');
    const said = judgeCommits({ ...protocol, fileSystem: 'NFS' });
    expect(said.state).toBe('warning');
    expect(said.detail).toContain(`under a lock file on NFS: ${because}`);
  });

  test('an error after a success (NFS) is a success: nothing is written twice, nothing is lost', async () => {
    const dir = join(await makeTestFolder(), 'DB');
    const store = openTestStore(dir, { makeLink: FORGETFUL });
    const numbers: number[] = [];
    for (let number = 0; number < 5; number += 1) {
      numbers.push((await store.commit(oneUnit({ samples: [geoSample(`GSM${number}`)] }))).sequence);
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    expect(await store.count({ table: 'samples' })).toBe(5);
    expect(await formatOf(dir)).toMatchObject({ protocol: 'link' });
    await store.close();
  });

  test('that are missing after the folder was moved are told by name, and nothing is lost', async () => {
    const dir = join(await makeTestFolder(), 'DB');
    const first = openTestStore(dir);
    await first.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    await first.close();
    const makeLink = ODD['has none'] ?? link;
    const moved = openTestStore(dir, { makeLink });
    const refused = moved.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    await expect(refused).rejects.toMatchObject({ code: 'STORE_OPERATIONAL' });
    await expect(refused).rejects.toThrow('was made where hard links work; here they do not');
    const care = openStoreCare({ dir, clock: TEST_CLOCK, randomId: randomUUID, makeLink });
    const protocol = await care.protocol();
    if (protocol !== null) expect(judgeCommits(protocol).state).toBe('error');
    await care.close();
    // As the hint says.
    const { format } = storeLayout(dir);
    await writeFile(format, (await readFile(format, 'utf8')).replace('"protocol":"link"', '"protocol":"lock"'));
    const again = openTestStore(dir, { makeLink });
    await again.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    expect(await again.count({ table: 'samples' })).toBe(2);
    await again.close();
    await moved.close();
  });
});
