import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';

/** What `celline jobs cancel` was asked. */
export interface CancelOptions {
  readonly number: string;
}

/** Flags to options. */
export function parse({ args }: CommandInput): CancelOptions {
  return { number: args[0] ?? '' };
}

/** Asks the process of the job to stop. */
export async function run({ number }: CancelOptions, app: App): Promise<number> {
  const project = await app.openProject();
  await project.jobs.cancel(number);
  await app.say(`Job ${number} was asked to stop; what it has is being committed: celline jobs show ${number}`);
  return EXIT.ok;
}
