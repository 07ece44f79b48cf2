import { InterruptedError } from '../errors/interrupted-error.ts';
import { EXIT } from './exit-code.ts';
import type { World } from './world.ts';

/** Turns Ctrl-C into an abort signal. */
export interface StopSwitch {
  readonly signal: AbortSignal;
  /** Aborts without Ctrl-C, for instance when nobody reads the output any more. */
  stop(reason: Error): void;
  /** Gives the signals of the process back. */
  release(): void;
}

/** The first Ctrl-C aborts and calls `onFirst`; the second leaves at once. */
export function createStopSwitch(world: World, onFirst: () => void): StopSwitch {
  const controller = new AbortController();
  let count = 0;
  const release = world.onStopSignal(() => {
    count += 1;
    if (count > 1) {
      world.leave(EXIT.interrupted);
      return;
    }
    controller.abort(new InterruptedError('Stopped by the user.'));
    onFirst();
  });
  return { signal: controller.signal, stop: (reason) => controller.abort(reason), release };
}
