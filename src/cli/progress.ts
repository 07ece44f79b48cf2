import type { App } from './app-type.ts';
import { afterEvent, initialProgress, progressLine } from './progress-state.ts';

/** A bar that is drawn. */
export interface Progress {
  /** Takes the bar away. */
  stop(): void;
}

/** Redraws per second: enough for a clock, too few to cost anything. */
const FPS = 5;

/** Draws a bar on stderr while a person reads it; elsewhere does nothing. */
export async function startProgress(total: number, app: App): Promise<Progress> {
  const { quiet, debug, verbose } = app.globals;
  if (!app.stderr.isTerminal || app.env.TERM === 'dumb' || quiet || debug || verbose >= 2) return { stop() {} };
  const { drawBar } = await import('./progress-bar.ts');
  let state = initialProgress(total, app.now());
  const bar = drawBar(() => progressLine(state, app.now(), app.stderr.columns - 1), FPS);
  app.setBottomLine(bar);
  const unlisten = app.listen({
    emit(event) {
      state = afterEvent(state, event, app.now());
    },
  });
  return {
    stop() {
      unlisten();
      app.setBottomLine(undefined);
      bar.stop();
    },
  };
}
