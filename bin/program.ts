import { main } from '../src/cli/main.ts';
import { processWorld } from '../src/cli/world.ts';

export { main };

/** Runs the command line of this process and gives its exit code. */
export function run(): Promise<number> {
  return main(process.argv.slice(2), processWorld());
}
