import type { App } from './app-type.ts';
import { afterEvent, afterStep, initialProgress, progressLine } from './progress-state.ts';

/** A bar that is drawn. */
export interface Progress {
  /** One more is done, of which no event tells. */
  step(): void;
  /** Takes the bar away. */
  stop(): void;
}

/** Redraws per second: enough for a clock, too few to cost anything. */
const FPS = 5;

/** Draws a bar on stderr while a person reads it; elsewhere does nothing. `noun`: what is counted. */
export async function startProgress(total: number, app: App, noun = 'ids'): Promise<Progress> {
  const { quiet, debug, verbose } = app.globals;
  if (!app.stderr.isTerminal || app.env.TERM === 'dumb' || quiet || debug || verbose >= 2)
    return { step() {}, stop() {} };
  const { drawBar } = await import('./progress-bar.ts');
  let state = initialProgress(total, app.now(), noun);
  const bar = drawBar(() => progressLine(state, app.now(), app.stderr.columns - 1), FPS);
  app.setBottomLine(bar);
  const unlisten = app.listen({
    emit(event) {
      state = afterEvent(state, event, app.now());
    },
  });
  return {
    step() {
      state = afterStep(state);
    },
    stop() {
      unlisten();
      app.setBottomLine(undefined);
      bar.stop();
    },
  };
}
