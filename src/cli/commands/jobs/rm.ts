import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { printRows } from '../../print-rows.ts';

/** What `celline jobs rm` was asked. */
export interface RmOptions {
  readonly numbers: readonly string[];
}

/** Flags to options. */
export function parse({ args }: CommandInput): RmOptions {
  return { numbers: [...new Set(args)] };
}

/** Removes the rows of the jobs and prints how many went. */
export async function run({ numbers }: RmOptions, app: App): Promise<number> {
  const project = await app.openProject();
  async function* rows() {
    for (const number of numbers) yield [{ job: number, removed: await project.jobs.remove(number) }];
  }
  await printRows(app, { columns: [{ name: 'job' }, { name: 'removed', numeric: true }] }, rows());
  return EXIT.ok;
}
