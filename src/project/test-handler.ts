import { errorMessage } from '../errors/error-message.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { HandlerContract, TestArchive } from '../testing/contract/handler.ts';
import type { ProjectParts } from './create-project.ts';
import type { HandlerTestOptions, HandlerTestResult } from './handler-test-type.ts';

/** Runs the contract of handlers on one of this project, and gives each result as it comes. */
export async function* testHandler(
  name: string,
  options: HandlerTestOptions,
  parts: ProjectParts,
): AsyncGenerator<HandlerTestResult> {
  const handler = parts.registry.find(name);
  if (handler === undefined) {
    throw new UsageError(`no handler is named ${name}`, { hint: 'celline handlers list', fields: { handler: name } });
  }
  const { handlerContract } = await import('../testing/contract/handler.ts');
  const setup = parts.setupOf(handler);
  const live = async (): Promise<TestArchive> => ({
    http: await parts.httpOf(setup, { refresh: true, signal: parts.signal }),
    close: async () => {},
  });
  const archive = options.live === true ? live : options.archive;
  const unlike = archive === undefined ? {} : await withoutNeeds(archive);
  const asked = archive === undefined ? {} : { archive };
  const contract: HandlerContract = { handler, options: setup.options, unlike, ...asked };
  const tests: [string, () => Promise<void>][] = [];
  handlerContract((title, run) => tests.push([title, run]), contract);
  for (const [test, run] of tests) {
    parts.signal.throwIfAborted();
    const reason = await run().then(() => null, errorMessage);
    yield { test, passed: reason === null, reason };
  }
  for (const [test, reason] of Object.entries(unlike)) yield { test, passed: null, reason };
}

/** The tests whose needs an archive does not name, and what those are. */
async function withoutNeeds(archive: () => Promise<TestArchive>): Promise<Readonly<Record<string, string>>> {
  const door = await archive();
  await door.close();
  const { NEEDING } = await import('../testing/contract/handler.ts');
  const needs = Object.entries(NEEDING) as [keyof typeof NEEDING, string][];
  return Object.fromEntries(
    needs.filter(([need]) => door[need] === undefined).map(([need, test]) => [test, `the archive names no "${need}"`]),
  );
}
