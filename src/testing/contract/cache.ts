import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobBackend, CacheEntry, MetadataBackend } from '../../ports/cache.ts';

/** The runner's own `test`; the suites belong to no runner. */
export type TestFunction = (name: string, run: () => Promise<void>) => void;

/** How a metadata back end is tested. */
export interface MetadataContract {
  /** Opens an empty back end; called once per test. */
  open(): Promise<MetadataBackend>;
  /** Opens another door to what `open` gave, as a second process would; absent: it lives in one process only. */
  reopen?(): Promise<MetadataBackend>;
}

/** How a blob back end is tested. */
export interface BlobContract {
  /** Opens an empty back end; called once per test. */
  open(): Promise<BlobBackend>;
}

const NAME = 'fa931a4577cb9013032f37570e44b630';
const HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** An entry with a text that only survives exact storage. */
function entry(url = 'https://example.org/?q="µ"\n,漢'): CacheEntry {
  return {
    version: 1,
    keyHash: HASH,
    url,
    status: 200,
    fetchedAt: '2026-01-01T00:00:00.000Z',
    headers: { etag: '"a\\b"' },
    checkedAs: 'json',
    bodyHash: HASH,
    bodySize: 0,
  };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Everything that the cache relies on in its index. */
export function metadataContract(test: TestFunction, contract: MetadataContract): void {
  metadataEntries(test, contract);
  metadataTexts(test, contract);
  metadataLists(test, contract);
  metadataWriters(test, contract);
}

function metadataEntries(test: TestFunction, { open }: MetadataContract): void {
  test('put, get, list and remove an entry', async () => {
    const backend = await open();
    assert.equal(await backend.getEntry(`geo/${NAME}`), null);
    await backend.putEntry(`geo/${NAME}`, entry());
    assert.deepEqual(await backend.getEntry(`geo/${NAME}`), entry());
    assert.equal((await collect(backend.listEntries(''))).length, 1);
    assert.equal(await backend.removeEntry(`geo/${NAME}`), true);
    assert.equal(await backend.removeEntry(`geo/${NAME}`), false);
    assert.equal(await backend.getEntry(`geo/${NAME}`), null);
    await backend.close();
  });

  test('an entry is replaced whole, and is not the object that was given', async () => {
    const backend = await open();
    const headers: Record<string, string> = { etag: 'old' };
    await backend.putEntry(`geo/${NAME}`, { ...entry(), headers });
    headers.etag = 'changed afterwards';
    assert.equal((await backend.getEntry(`geo/${NAME}`))?.headers.etag, 'old');
    await backend.putEntry(`geo/${NAME}`, entry('https://example.org/new'));
    assert.equal((await backend.getEntry(`geo/${NAME}`))?.url, 'https://example.org/new');
    await backend.close();
  });
}

function metadataTexts(test: TestFunction, { open }: MetadataContract): void {
  test('every member of an entry comes back as it was, whatever characters it has', async () => {
    const backend = await open();
    const hard: CacheEntry = {
      ...entry("https://example.org/?q='; DROP TABLE entries; --\\%_$1?\u0000\u2028\ud83e\uddec"),
      headers: { link: '<https://example.org/2>; rel="next"', 'content-disposition': '' },
      bodySize: Number.MAX_SAFE_INTEGER,
      encoding: { serializer: 'json', suffix: '.json.gz', notes: { level: 6, exact: true, dictionary: 'µ' } },
    };
    await backend.putEntry(`geo/${NAME}`, hard);
    assert.deepEqual(await backend.getEntry(`geo/${NAME}`), hard);
    assert.deepEqual((await collect(backend.listEntries('geo/')))[0]?.entry, hard);
    await backend.close();
  });
}

function metadataLists(test: TestFunction, { open }: MetadataContract): void {
  test('list by prefix and limit, count, clear', async () => {
    const backend = await open();
    const keys = ['geo/00aa', 'geo/01bb', 'insdc/00aa'];
    for (const key of keys) await backend.putEntry(key, entry(`https://example.org/${key}`));
    const listed = await collect(backend.listEntries(''));
    assert.deepEqual(listed.map(({ key }) => key).sort(), keys);
    for (const { key, entry: found } of listed) assert.equal(found.url, `https://example.org/${key}`);
    assert.deepEqual((await collect(backend.listEntries('geo/'))).map(({ key }) => key).sort(), keys.slice(0, 2));
    assert.deepEqual(
      (await collect(backend.listEntries('geo/01'))).map(({ key }) => key),
      keys.slice(1, 2),
    );
    assert.deepEqual(await collect(backend.listEntries('ge_/')), []);
    assert.equal((await collect(backend.listEntries('', 2))).length, 2);
    assert.equal((await collect(backend.listEntries('', 0))).length, 0);
    assert.equal((await backend.getStats()).entries, 3);
    assert.equal(await backend.clear(), 3);
    assert.equal(await backend.clear(), 0);
    assert.equal((await backend.getStats()).entries, 0);
    await backend.close();
  });

  test('the access time is kept to the second, and is no error for an entry that is gone', async () => {
    const backend = await open();
    await backend.putEntry('geo/00aa', entry());
    const at = Date.UTC(2020, 1, 3, 4, 5, 6);
    await backend.updateAccessTime('geo/00aa', at);
    await backend.updateAccessTime('geo/ffff', at);
    assert.deepEqual(
      (await collect(backend.listEntries(''))).map(({ usedAt }) => Math.round(usedAt / 1000)),
      [at / 1000],
    );
    await backend.close();
  });
}

function metadataWriters(test: TestFunction, { open, reopen }: MetadataContract): void {
  test('writers of the same and of other entries at once lose nothing', async () => {
    const backend = await open();
    const others = reopen === undefined ? [backend] : [backend, await reopen()];
    const writes = Array.from({ length: 200 }, (_, i) => {
      const writer = others[i % others.length] ?? backend;
      const key = i % 4 === 0 ? 'geo/same' : `geo/${String(i).padStart(4, '0')}`;
      return writer.putEntry(key, entry(`https://example.org/${i % 4 === 0 ? 'same' : i}`));
    });
    await Promise.all(writes);
    assert.equal((await backend.getStats()).entries, 151);
    assert.equal((await backend.getEntry('geo/same'))?.url, 'https://example.org/same');
    await backend.close();
  });
}

/** Everything that the cache relies on in its bodies. */
export function blobContract(test: TestFunction, contract: BlobContract): void {
  blobBodies(test, contract);
  blobFiles(test, contract);
  blobReaders(test, contract);
  blobWriters(test, contract);
}

const BLOB = `geo/${HASH}`;

async function bytesOf(backend: BlobBackend, key: string): Promise<Buffer | null> {
  const blob = await backend.get(key);
  return blob === null ? null : Buffer.concat(await collect(blob.stream()));
}

function blobBodies(test: TestFunction, { open }: BlobContract): void {
  test('put, get, exists and delete a body', async () => {
    const backend = await open();
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
    assert.equal(await backend.get(BLOB), null);
    assert.equal(await backend.exists(BLOB), false);
    assert.notEqual(await backend.put(BLOB, bytes), '');
    assert.equal(await backend.exists(BLOB), true);
    assert.equal((await backend.get(BLOB))?.size, 1000);
    assert.deepEqual(await bytesOf(backend, BLOB), Buffer.from(bytes));
    assert.equal(await backend.delete(BLOB), true);
    assert.equal(await backend.delete(BLOB), false);
    assert.equal(await backend.get(BLOB), null);
    await backend.close();
  });

  test('an empty body is a body, and putting again replaces', async () => {
    const backend = await open();
    await backend.put(BLOB, new Uint8Array());
    assert.equal((await backend.get(BLOB))?.size, 0);
    await backend.put(BLOB, new TextEncoder().encode('second'));
    assert.equal(String(await bytesOf(backend, BLOB)), 'second');
    await backend.close();
  });
}

function blobFiles(test: TestFunction, { open }: BlobContract): void {
  test('a file becomes a body whole: it is moved away, or left as it was', async () => {
    const backend = await open();
    const folder = await mkdtemp(join(tmpdir(), 'celline-contract-'));
    const file = join(folder, 'given');
    // Larger than what is held in memory anywhere, and no two parts alike.
    const bytes = Buffer.alloc(9 * 1024 * 1024);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) % 4_294_967_291, at);
    try {
      await writeFile(file, bytes);
      await backend.put(`${BLOB}.txt.gz`, { file, size: bytes.length });
      const left = await readFile(file).catch(() => null);
      assert.equal(left === null || left.equals(bytes), true);
      assert.equal((await backend.get(`${BLOB}.txt.gz`))?.size, bytes.length);
      assert.equal((await bytesOf(backend, `${BLOB}.txt.gz`))?.equals(bytes), true);
      assert.equal(await backend.get(BLOB), null);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await backend.close();
  });
}

function blobReaders(test: TestFunction, { open }: BlobContract): void {
  test('a body can be read more than once', async () => {
    const backend = await open();
    await backend.put(BLOB, new TextEncoder().encode('twice'));
    const blob = await backend.get(BLOB);
    assert.notEqual(blob, null);
    for (let i = 0; i < 2; i += 1) {
      assert.equal(String(Buffer.concat(await collect((blob as NonNullable<typeof blob>).stream()))), 'twice');
    }
    await backend.close();
  });

  test('keys are listed by prefix with their sizes', async () => {
    const backend = await open();
    await backend.put('geo/00aa', new Uint8Array(3));
    await backend.put('insdc/00bb', new Uint8Array(5));
    const all = await collect(backend.listKeys(''));
    assert.deepEqual(all.map(({ key: name, size }) => [name, size]).sort(), [
      ['geo/00aa', 3],
      ['insdc/00bb', 5],
    ]);
    assert.equal(
      all.every(({ storedAt }) => storedAt > 0),
      true,
    );
    assert.deepEqual(
      (await collect(backend.listKeys('insdc/'))).map(({ key: name }) => name),
      ['insdc/00bb'],
    );
    await backend.close();
  });
}

function blobWriters(test: TestFunction, { open }: BlobContract): void {
  test('the same body from several writers at once is whole', async () => {
    const backend = await open();
    const bytes = new Uint8Array(200_000).fill(7);
    await Promise.all(Array.from({ length: 20 }, () => backend.put(BLOB, bytes)));
    assert.equal((await collect(backend.listKeys(''))).length, 1);
    assert.deepEqual(await bytesOf(backend, BLOB), Buffer.from(bytes));
    await backend.close();
  });
}
