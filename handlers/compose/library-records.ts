import type { HandlerContext, HandlerEvent } from '../../src/ports/handler.ts';
import type { Library } from './libraries.ts';
import { noteParent, type Parents, projectShells } from './project-shells.ts';

/** The units of samples, each for the asked ids that name it, then the shells of their projects. Outcomes come after. */
export async function* libraryRecords(
  libraries: readonly Library[],
  ids: readonly string[],
  handler: string,
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  const asked = new Set(ids);
  const parents: Parents = new Map();
  for (const library of libraries) {
    noteParent(parents, library);
    yield { type: 'records', unit: library.unit, of: [...library.names].filter((name) => asked.has(name)) };
  }
  for (const shell of (await projectShells(parents, handler, context)).units) {
    yield { type: 'records', unit: shell.unit, of: [] };
  }
}
