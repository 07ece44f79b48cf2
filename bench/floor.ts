import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { ENA_RUN_COLUMNS } from '../handlers/ena/run-row.ts';

/** Terms of one search and packages of one fetch at NCBI; accessions of one search at ENA. */
const NCBI_BATCH = 500;
const ENA_BATCH = 1000;

/** Milliseconds between two starts at NCBI: 3 per second, with 2 % to spare. */
const NCBI_SPACING_MS = 340;

/** What the floor took. */
export interface FloorRun {
  readonly seconds: number;
  readonly requests: number;
  /** Runs found in the packages, and rows that ENA sent. */
  readonly runs: number;
  readonly rows: number;
}

/**
 * The least that fetches the records of a list of GSM: plain curl, one search and one fetch per 500 at NCBI, one search
 * per 1,000 runs at ENA, side by side as far as the limit of 3 per second allows. Nothing is parsed but what the next
 * request needs, nothing is stored but the answers.
 */
export async function runFloor(ids: readonly string[], url: string, folder: string): Promise<FloorRun> {
  const curl = createCurl(folder);
  const start = performance.now();
  const runs: string[] = [];
  const rows: Promise<number>[] = [];
  const askEna = (some: readonly string[]) => rows.push(enaRows(some, url, curl));
  const batches = cut(ids, NCBI_BATCH).map(async (batch) => {
    runs.push(...(await packageRuns(batch, url, curl)));
    while (runs.length >= ENA_BATCH) askEna(runs.splice(0, ENA_BATCH));
  });
  await Promise.all(batches);
  if (runs.length > 0) askEna(runs.splice(0));
  const counts = await Promise.all(rows);
  return {
    seconds: (performance.now() - start) / 1000,
    requests: curl.requests(),
    runs: curl.runs(),
    rows: counts.reduce((sum, count) => sum + count, 0),
  };
}

interface Curl {
  /** Posts a form with curl and gives the answer; at NCBI each start waits for its turn. */
  post(url: string, form: Readonly<Record<string, string>>, paced: boolean): Promise<string>;
  requests(): number;
  found(count: number): void;
  runs(): number;
}

function createCurl(folder: string): Curl {
  let requests = 0;
  let runs = 0;
  let next = performance.now();
  return {
    async post(url, form, paced) {
      if (paced) {
        const due = Math.max(next, performance.now());
        next = due + NCBI_SPACING_MS;
        await wait(due - performance.now());
      }
      requests += 1;
      const body = join(folder, `floor-${requests}.form`);
      const answer = join(folder, `floor-${requests}.answer`);
      writeFileSync(body, new URLSearchParams(form).toString());
      // On a busy machine even spaced starts may bunch at the server; curl then waits as Retry-After says.
      const args = ['--silent', '--fail', '--retry', '5', '--data', `@${body}`, '--output', answer, url];
      const child = spawn('curl', args, { stdio: 'inherit' });
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0) throw new Error(`curl ended with ${code} at ${url}`);
      return readFileSync(answer, 'utf8');
    },
    requests: () => requests,
    found: (count) => {
      runs += count;
    },
    runs: () => runs,
  };
}

/** One search and one fetch; the run accessions of the packages. */
async function packageRuns(ids: readonly string[], url: string, curl: Curl): Promise<string[]> {
  const eutils = `${url}/entrez/eutils`;
  const search = { db: 'sra', term: ids.join(' OR '), usehistory: 'y', retmax: '0', retmode: 'json' };
  const answer = JSON.parse(await curl.post(`${eutils}/esearch.fcgi`, search, true)) as {
    readonly esearchresult: { readonly webenv: string; readonly querykey: string };
  };
  const { webenv, querykey } = answer.esearchresult;
  const page = { db: 'sra', rettype: 'full', retmode: 'xml', retstart: '0', retmax: String(NCBI_BATCH) };
  const packages = await curl.post(`${eutils}/efetch.fcgi`, { ...page, WebEnv: webenv, query_key: querykey }, true);
  const runs = [...packages.matchAll(/<RUN alias="[^"]*" accession="([^"]+)"/g)].map((match) => match[1] ?? '');
  curl.found(runs.length);
  return runs;
}

/** One search at ENA; the number of rows. */
async function enaRows(runs: readonly string[], url: string, curl: Curl): Promise<number> {
  const form = {
    result: 'read_run',
    fields: ENA_RUN_COLUMNS.join(','),
    format: 'tsv',
    limit: '0',
    includeAccessions: runs.join(','),
  };
  const answer = await curl.post(`${url}/ena/portal/api/search?includeAccessionType=run`, form, false);
  return answer.trimEnd().split('\n').length - 1;
}

function cut<T>(items: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
