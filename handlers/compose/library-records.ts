import type { HandlerContext, HandlerEvent } from '../../src/ports/handler.ts';
import type { Library } from './libraries.ts';
import { noteParent, type Parents, type ProjectShells, projectShells } from './project-shells.ts';

/** The units of samples, each for the asked ids that name it, then the shells of their projects. Outcomes come after, by what it returns. */
export async function* libraryRecords(
  libraries: readonly Library[],
  ids: readonly string[],
  handler: string,
  context: HandlerContext,
): AsyncGenerator<HandlerEvent, ProjectShells> {
  const asked = new Set(ids);
  const parents: Parents = new Map();
  for (const library of libraries) {
    noteParent(parents, library);
    yield { type: 'records', unit: library.unit, of: [...library.names].filter((name) => asked.has(name)) };
  }
  const shells = await projectShells(parents, handler, context);
  for (const shell of shells.units) yield { type: 'records', unit: shell.unit, of: [] };
  return shells;
}
