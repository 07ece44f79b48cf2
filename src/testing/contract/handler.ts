import assert from 'node:assert/strict';
import { checkHandler, isBatchForm } from '../../ports/check-handler.ts';
import type { AccessionPattern, Handler, SmallHandler } from '../../ports/handler.ts';
import { GOOD_OUTCOMES } from '../../records/asked.ts';
import type { RecordUnit } from '../../records/record-unit.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../scripted-server.ts';
import { type CallAnswer, callHandler, callSearch, type HandlerDoor, inBatchForm } from './handler-calls.ts';
import { FAULTS } from './handler-faults.ts';
import type { TestFunction } from './store.ts';

/** An archive that a handler is tested with. */
export interface TestArchive extends HandlerDoor {
  /** Ids that it has; default the example of each pattern. */
  readonly ids?: readonly string[];
  /** An id of the handler's form that it does not have; absent: not tested. */
  readonly missing?: string;
  /** A search that finds something; absent: not tested. */
  readonly search?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** How a handler is tested. */
export interface HandlerContract {
  readonly handler: SmallHandler | Handler;
  /** Starts an archive that has the examples; called once per test. Absent: only what needs none is tested. */
  archive?(): Promise<TestArchive>;
  /** The handler's own options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Tests that do not hold for this archive, by name, with the reason. One that is no name of a test fails. */
  readonly unlike?: Readonly<Record<string, string>>;
}

type HandlerTests = Readonly<Record<string, () => Promise<void>>>;

/** Everything that celline relies on in a handler. */
export function handlerContract(test: TestFunction, contract: HandlerContract): void {
  const tests: HandlerTests = { ...formTests(contract), ...faultTests(contract), ...archiveTests(contract) };
  const { unlike = {} } = contract;
  const unknown = Object.keys(unlike).filter((name) => !(name in tests));
  if (unknown.length > 0) test('unlike names tests', async () => assert.deepEqual(unknown, []));
  for (const [name, run] of Object.entries(tests)) if (!(name in unlike)) test(name, run);
}

function formTests({ handler }: HandlerContract): HandlerTests {
  const lifted = inBatchForm(handler);
  return {
    async 'has every member of its form'() {
      checkHandler(handler);
    },
    async 'claims its examples, and nothing that only holds one'() {
      for (const pattern of lifted.patterns) {
        assert.ok(claims(pattern, pattern.example), `${pattern.pattern} does not claim ${pattern.example}`);
        for (const near of nearly(pattern.example)) {
          assert.ok(!claims(pattern, near), `${pattern.pattern} claims ${JSON.stringify(near)}: anchor it`);
        }
      }
    },
    async 'its examples pass its own check'() {
      for (const { example } of lifted.patterns) assert.equal(lifted.validate?.(example) ?? null, null);
    },
    async 'refuses a foreign id without a request'() {
      // In batch form a handler is given only what it claims.
      if (isBatchForm(handler)) return;
      await withServer({ status: 500 }, async (server) => {
        const { outcomes, units } = await callHandler(lifted, ['FOREIGN-ID'], server);
        assert.ok(['no_handler', 'invalid'].includes(outcomes.get('FOREIGN-ID')?.outcome ?? ''));
        assert.deepEqual([units.length, server.requests.length], [0, 0]);
      });
    },
  };
}

function claims({ pattern }: AccessionPattern, id: string): boolean {
  return pattern.test(id);
}

/** Texts around an id that are none. */
function nearly(id: string): string[] {
  const arabic = id.replace(/\d/g, (digit) => String.fromCharCode(0x0660 + Number(digit)));
  return [`x${id}`, `${id} `, ` ${id}`, `${id}\n`, `${id}/..`, `${id},${id}`, ...(arabic === id ? [] : [arabic])];
}

function faultTests({ handler, options = {} }: HandlerContract): HandlerTests {
  const lifted = inBatchForm(handler);
  const [first] = lifted.patterns;
  const id = first?.example ?? '';
  const faults = FAULTS.map(({ name, answer, outcome }) => [
    name,
    () =>
      withServer(answer, async (server) => {
        const { outcomes, units } = await callHandler(lifted, [id], server, { options });
        assert.equal(outcomes.get(id)?.outcome, outcome, outcomes.get(id)?.reason ?? '');
        assert.deepEqual(units, []);
      }),
  ]);
  return {
    ...Object.fromEntries(faults),
    'status 404 is not_found': () =>
      withServer({ status: 404 }, async (server) => {
        const { outcomes, units } = await callHandler(lifted, [id], server, { options });
        // An archive that is asked for many at once tells absence by its answers: there 404 may be a fault.
        const good = lifted.batchSize > 1 ? ['not_found', 'http_error'] : ['not_found'];
        assert.ok(good.includes(outcomes.get(id)?.outcome ?? ''), `it is ${outcomes.get(id)?.outcome}`);
        assert.deepEqual(units, []);
      }),
    'an answer that says nothing is no record': () =>
      withServer({ body: '{}' }, async (server) => {
        const { outcomes, units } = await callHandler(lifted, [id], server, { options });
        assert.ok(!GOOD_OUTCOMES.has(outcomes.get(id)?.outcome ?? 'added'), 'an empty object was taken for a record');
        assert.deepEqual(units, []);
      }),
    'stops when it is told to': () => stopTest(lifted, id, options),
  };
}

async function stopTest(handler: Handler, id: string, options: Readonly<Record<string, unknown>>): Promise<void> {
  const stop = new AbortController();
  const reason = new Error('the user stops');
  const script: Script = () => {
    stop.abort(reason);
    return 'hang';
  };
  await withScript(script, async (server) => {
    const call = callHandler(handler, [id], server, { options, signal: stop.signal });
    await assert.rejects(call, (error: unknown) => error === reason || (error as Error).cause === reason);
  });
}

function archiveTests({ handler, archive, options = {} }: HandlerContract): HandlerTests {
  if (archive === undefined) return {};
  const lifted = inBatchForm(handler);
  const examples = lifted.patterns.map(({ example }) => example);
  const run = async (work: ArchiveTest) => {
    const door = await archive();
    try {
      await work({ handler: lifted, options, door, ids: door.ids ?? examples });
    } finally {
      await door.close();
    }
  };
  return Object.fromEntries(Object.entries(ARCHIVE_TESTS).map(([name, work]) => [name, () => run(work)]));
}

/** A handler before an archive that has these ids. */
interface ArchiveScene {
  readonly handler: Handler;
  readonly options: Readonly<Record<string, unknown>>;
  readonly door: TestArchive;
  readonly ids: readonly string[];
}

type ArchiveTest = (scene: ArchiveScene) => Promise<void>;

/** Tests that need something of the archive that it may not name. */
export const NEEDING = {
  missing: 'an id that the archive does not have is not_found, and costs no other',
  search: 'a search gives ids that it claims',
} as const satisfies Partial<Record<keyof TestArchive, string>>;

const ARCHIVE_TESTS: Readonly<Record<string, ArchiveTest>> = {
  async 'answers every id of an archive that has it, with records'(scene) {
    const answer = await askAll(scene, scene.ids);
    for (const id of scene.ids) {
      const { outcome = 'internal_error', reason = null } = answer.outcomes.get(id) ?? {};
      assert.ok(GOOD_OUTCOMES.has(outcome), `${id} is ${outcome}: ${reason}`);
    }
    assert.ok(answer.units.length > 0 || answer.next.length > 0, 'no record came');
  },
  async 'gives the same again'(scene) {
    const first = await askAll(scene, scene.ids);
    assert.ok(first.units.length > 0 || first.next.length > 0, 'no record came');
    const second = await askAll(scene, scene.ids);
    assert.deepEqual(second.units.map(lasting), first.units.map(lasting));
  },
  async [NEEDING.missing](scene) {
    const { missing } = scene.door;
    if (missing === undefined) return;
    const answer = await askAll(scene, [missing, ...scene.ids]);
    assert.equal(answer.outcomes.get(missing)?.outcome, 'not_found');
    for (const id of scene.ids) assert.ok(GOOD_OUTCOMES.has(answer.outcomes.get(id)?.outcome ?? 'not_found'), id);
  },
  async [NEEDING.search]({ handler, options, door }) {
    if (door.search === undefined) return;
    const hits = await callSearch(handler, door.search, door, { options });
    assert.ok(hits.length > 0, 'the search found nothing');
    for (const { id } of hits)
      assert.ok(
        handler.patterns.some((one) => claims(one, id)),
        `a foreign id: ${id}`,
      );
  },
};

/** Asks in calls of the handler's size. */
async function askAll({ handler, door, options }: ArchiveScene, ids: readonly string[]): Promise<CallAnswer> {
  const outcomes = new Map<string, NonNullable<ReturnType<CallAnswer['outcomes']['get']>>>();
  const units: RecordUnit[] = [];
  const next: string[] = [];
  for (let start = 0; start < ids.length; start += handler.batchSize) {
    const answer = await callHandler(handler, ids.slice(start, start + handler.batchSize), door, { options });
    for (const [id, outcome] of answer.outcomes) outcomes.set(id, outcome);
    units.push(...answer.units);
    next.push(...answer.next);
  }
  return { outcomes, units, next };
}

/** A unit without the time at which it was fetched. */
function lasting(unit: RecordUnit): unknown {
  const text = JSON.stringify(unit, (name, value: unknown) => {
    if (name === 'fetched_at') return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  });
  return JSON.parse(text);
}

function withServer(
  answer: Awaited<ReturnType<Script>>,
  work: (server: ScriptedServer) => Promise<void>,
): Promise<void> {
  return withScript(() => answer, work);
}

async function withScript(script: Script, work: (server: ScriptedServer) => Promise<void>): Promise<void> {
  const server = await startScriptedServer(script);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}
