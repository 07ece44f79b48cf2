import { CellineError } from '../errors/celline-error.ts';

/** Nobody reads stdout any more (`celline list | head -1`): the command ends quietly, with success. */
export class ClosedPipeError extends CellineError {
  constructor(cause: unknown) {
    super('CLOSED_PIPE', 'Nobody reads the output any more.', { cause });
  }
}
