import { SingleBar } from 'cli-progress';
import type { BottomLine } from './talk.ts';

/** A drawn bar that can give way to a line of talk and be taken away. */
export interface DrawnBar extends BottomLine {
  stop(): void;
}

/** Back to the first column, and everything to the right deleted (ECMA-48 EL). */
const CLEAR_LINE = '\r\u001b[K';

/** Draws the line at the bottom of stderr, again so many times a second. */
export function drawBar(line: () => string, fps: number): DrawnBar {
  const bar = new SingleBar({
    stream: process.stderr,
    format: line,
    fps,
    clearOnComplete: true,
    hideCursor: true,
    // Ctrl-C belongs to the command: it commits what is done before it leaves.
    gracefulExit: false,
    linewrap: false,
    forceRedraw: true,
  });
  bar.start(1, 0);
  return {
    clear: () => process.stderr.write(CLEAR_LINE),
    redraw: () => bar.render(),
    stop: () => bar.stop(),
  };
}
