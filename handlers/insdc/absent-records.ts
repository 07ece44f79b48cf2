import {
  type CellineError,
  type HandlerContext,
  type HandlerEvent,
  type HandlerOutcome,
  HttpStatusError,
} from '../../src/ports/handler.ts';
import { type Library, libraryOutcome, libraryWithoutRuns } from '../compose/libraries.ts';
import { libraryRecords } from '../compose/library-records.ts';
import { fetchEnaRecord } from '../ena/ena-requests.ts';
import type { EnaSample } from '../ena/sample.ts';
import { mayAskAlone } from '../fetch/allowance.ts';
import { asCellineError } from '../fetch/as-celline-error.ts';
import { bioSamples } from '../fetch/biosamples.ts';
import { enaSamples } from '../fetch/ena-samples.ts';
import { failureOutcome } from '../fetch/failure-outcome.ts';
import type { BioSample } from '../ncbi/biosample.ts';

/**
 * Ids that have no run at ENA and no package at NCBI. A sample may still exist without sequencing data; of a run or an
 * experiment ENA says, asked alone, whether it knows it.
 */
export async function* absentRecords(
  ids: readonly string[],
  failureOf: (id: string) => CellineError | null,
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  const failed = ids.filter((id) => failureOf(id) !== null);
  for (const id of failed) yield failureOutcome(id, failureOf(id) as CellineError);
  const rest = ids.filter((id) => failureOf(id) === null);
  yield* samplesWithoutRuns(rest.filter(isSample), context);
  for (const id of rest.filter((one) => !isSample(one))) yield await askedAlone(id, context);
}

function isSample(id: string): boolean {
  return /^SAM|^[SED]RS/.test(id);
}

async function* samplesWithoutRuns(ids: readonly string[], context: HandlerContext): AsyncGenerator<HandlerEvent> {
  if (ids.length === 0) return;
  const ncbi = await bioSamples(
    ids.filter((id) => id.startsWith('SAM')),
    context,
  );
  // An SRS asked of NCBI's BioSample is stripped to its digits and answers another record: only ENA is asked for it.
  const ena = await enaSamples(
    ids.filter((id) => !ncbi.samples.has(id)),
    context,
  );
  const byName = new Map(
    [...ena.samples.values()].flatMap((one) => [one.accession, one.biosample].map((name) => [name, one] as const)),
  );
  const libraries: Library[] = [];
  for (const id of ids) {
    const biosample = ncbi.samples.get(id) ?? null;
    const sample = byName.get(id) ?? null;
    const failure = ncbi.failed.get(id) ?? ena.failed.get(id);
    const refusal = refusalOf(id, biosample);
    if (refusal !== null) yield refusal;
    else if (biosample !== null || sample !== null) libraries.push(withoutRuns(id, biosample, sample, context));
    else if (failure !== undefined) yield failureOutcome(id, failure);
    else yield notFound(id, 'absent from two batch answers (run tables, sample records)');
  }
  yield* libraryRecords(libraries, ids, 'insdc', context);
  for (const library of libraries)
    for (const id of ids) if (library.names.has(id)) yield withoutRunsOutcome(id, library);
}

/** A sample of dbGaP without public runs is controlled, not empty. */
function withoutRunsOutcome(id: string, library: Library): HandlerOutcome {
  const { biosample } = library.parts;
  if (!/controlled/i.test(biosample?.access ?? '')) return libraryOutcome(id, [library]);
  const study = biosample?.dbgap ? `dbGaP ${biosample.dbgap}` : 'dbGaP';
  const reason = `controlled access: apply at ${study}, https://www.ncbi.nlm.nih.gov/gap/`;
  return { type: 'outcome', id, outcome: 'controlled', key: library.parts.key, reason };
}

function withoutRuns(
  id: string,
  biosample: BioSample | null,
  sample: EnaSample | null,
  context: HandlerContext,
): Library {
  const key = biosample?.gsm ?? sample?.gsm ?? biosample?.accession ?? sample?.biosample ?? id;
  return libraryWithoutRuns(key, { geo: null, biosample, enaSample: sample }, new Set(), 'insdc', context);
}

function refusalOf(id: string, biosample: BioSample | null): HandlerOutcome | null {
  if (biosample === null) return null;
  if (biosample.status !== null && /suppressed|withdrawn|killed/i.test(biosample.status)) {
    return { type: 'outcome', id, outcome: 'withdrawn', key: null, reason: `BioSample says: ${biosample.status}` };
  }
  return null;
}

async function askedAlone(id: string, context: HandlerContext): Promise<HandlerOutcome> {
  if (!mayAskAlone('ENA', context)) return notFound(id, 'absent from two batch answers (ENA, NCBI SRA)');
  try {
    await context.http.send(fetchEnaRecord(id));
    return notFound(
      id,
      'ENA knows the record, but neither ENA nor NCBI gives a run of it: suppressed, or not yet released',
    );
  } catch (cause) {
    context.signal.throwIfAborted();
    const error = asCellineError(cause);
    if (error instanceof HttpStatusError && (error.status === 404 || error.status === 400)) {
      return notFound(id, 'neither ENA nor NCBI knows it; check the id for typos');
    }
    return failureOutcome(id, error);
  }
}

function notFound(id: string, reason: string): HandlerOutcome {
  return { type: 'outcome', id, outcome: 'not_found', key: null, reason };
}
