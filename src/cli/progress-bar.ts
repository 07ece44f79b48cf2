import { Writable } from 'node:stream';
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
    stream: withoutSavedCursor(process.stderr),
    format: line,
    fps,
    clearOnComplete: true,
    hideCursor: true,
    // Ctrl-C belongs to the command: it commits what is done before it leaves.
    gracefulExit: false,
    // The line fits by itself; rows that are printed meanwhile may be longer than the terminal is wide.
    linewrap: true,
    forceRedraw: true,
  });
  bar.start(1, 0);
  return {
    clear: () => process.stderr.write(CLEAR_LINE),
    redraw: () => bar.render(),
    stop: () => bar.stop(),
  };
}

/** Save and restore the cursor (DECSC, DECRC). */
const SAVED_CURSOR = /\u001b[78]/g;

/**
 * The stream without the cursor being saved and restored: at its end the bar would go back to where it began, which by
 * then holds other lines. The bar stands on the last line, and is cleared there.
 */
function withoutSavedCursor(stream: NodeJS.WriteStream): Writable {
  const filtered = new Writable({
    decodeStrings: false,
    write(text, _encoding, done) {
      stream.write(String(text).replace(SAVED_CURSOR, ''));
      done();
    },
  });
  return Object.assign(filtered, { isTTY: true, columns: stream.columns });
}
