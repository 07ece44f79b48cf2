import {
  CellineError,
  type CredentialFacts,
  EMPTY_UNIT,
  failureName,
  type Handler,
  type HandlerContext,
  type HandlerEvent,
} from '../../src/ports/handler.ts';

/** Where the archive of a laboratory would be; tests put a server in its place by `LAB_DB_API_URL`. */
const ORIGIN = 'https://lab.example.org';

/** A handler as somebody else would write it: ids LAB1, LAB2, … at an archive that asks for a credential. */
export function labHandler(credential: CredentialFacts = {}): Handler {
  return {
    name: 'lab',
    description: 'The archive of a laboratory',
    source: 'LAB',
    portVersion: 1,
    envPrefix: 'LAB_DB',
    patterns: [{ level: 'sample', pattern: /^LAB\d+$/, example: 'LAB1' }],
    hosts: [{ host: 'lab.example.org', operator: 'Lab', perSecond: 1000, connections: 5, source: 'test' }],
    auth: 'content',
    credential,
    batchSize: 1,
    fetchBatch,
  };
}

/** What the archive offers to tell a good credential from a bad one. */
export const LAB_CHECK = { url: `${ORIGIN}/auth/validate`, expect: { kind: 'json' } } as const;

async function* fetchBatch(ids: readonly string[], context: HandlerContext): AsyncGenerator<HandlerEvent> {
  for (const id of ids) {
    try {
      const { title } = (await context.http.json({ url: `${ORIGIN}/samples/${id}` })) as { title: string };
      yield { type: 'records', unit: { ...EMPTY_UNIT, samples: [{ key: id, source: 'LAB', title }] }, of: [id] };
      yield { type: 'outcome', id, outcome: 'added', key: id, reason: null };
    } catch (error) {
      if (!(error instanceof CellineError)) throw error;
      yield { type: 'outcome', id, outcome: failureName(error), key: null, reason: error.message };
    }
  }
}
