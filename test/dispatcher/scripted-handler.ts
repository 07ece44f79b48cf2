import type { SamplePatch } from '../../src/ports/handler.ts';
import { EMPTY_UNIT, type Handler, type HandlerEvent, type RecordUnit } from '../../src/ports/handler.ts';

/** What a scripted handler does with the ids of one call. */
export type Script = (ids: readonly string[], signal: AbortSignal) => AsyncIterable<HandlerEvent>;

/** A handler for ids TEST1, TEST2, … that does what a test says. */
export function scriptedHandler(
  settings: Partial<Handler> & { script?: Script } = {},
): Handler & { calls: string[][] } {
  const { script = answerAll, ...rest } = settings;
  const calls: string[][] = [];
  return {
    name: 'test',
    description: 'a handler of the tests',
    source: 'TEST',
    portVersion: 1,
    patterns: [{ level: 'sample', pattern: /^TEST\d+$/, example: 'TEST1' }],
    hosts: [],
    batchSize: 10,
    ...rest,
    calls,
    fetchBatch(ids, context) {
      calls.push([...ids]);
      return script(ids, context.signal);
    },
  };
}

/** A unit with one sample. */
export function sampleUnit(key: string, patch: Partial<SamplePatch> = {}): RecordUnit {
  return { ...EMPTY_UNIT, samples: [{ key, source: 'TEST', title: `title of ${key}`, ...patch }] };
}

/** Answers every id with one sample. */
export async function* answerAll(ids: readonly string[]): AsyncGenerator<HandlerEvent> {
  for (const id of ids) {
    yield { type: 'records', unit: sampleUnit(id), of: [id] };
    yield { type: 'outcome', id, outcome: 'added', key: id, reason: null };
  }
}
