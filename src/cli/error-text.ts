import { CellineError } from '../errors/celline-error.ts';
import { printable } from '../formats/printable.ts';

/** Causes below an error that are told; a longer chain is a loop. */
const MAX_CAUSES = 10;

/** How an error is told to a person: message, fields, next step, and what it was caused by; with `debug` the stacks. */
export function errorText(error: unknown, debug: boolean): string {
  const lines = [`error: ${messageOf(error)}`];
  if (error instanceof CellineError) {
    const fields = Object.entries(error.fields).filter(
      ([, value]) => value !== null && !isToldBy(error, String(value)),
    );
    for (const [name, value] of fields) lines.push(`  ${name}: ${printable(String(value))}`);
  }
  lines.push(...causeLines(error, debug));
  if (error instanceof CellineError && error.hint !== undefined) lines.push(`hint: ${printable(error.hint)}`);
  if (!(error instanceof CellineError)) {
    lines.push('This is a fault of celline or of a plug-in, not of your command; --debug shows where.');
  }
  return `${lines.join('\n')}\n`;
}

/** True when the message or the hint says it already. */
function isToldBy({ message, hint = '' }: CellineError, text: string): boolean {
  return message.includes(text) || hint.includes(text);
}

/** True when the text below repeats the one above: what a library said, put into a message of ours. */
function isRepeated(cause: unknown, above: string): boolean {
  return cause instanceof Error && above !== '' && cause.message.includes(above);
}

function causeLines(error: unknown, debug: boolean): string[] {
  const lines = debug ? stackLines(error) : [];
  const above = error instanceof Error ? error.message : '';
  let cause = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; cause !== undefined && cause !== null && depth < MAX_CAUSES; depth += 1) {
    if (debug || !isRepeated(cause, above)) lines.push(`  caused by: ${messageOf(cause)}`);
    if (debug) lines.push(...stackLines(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  const message = printable(error.message);
  if (error instanceof CellineError) return message;
  return message === '' ? error.name : `${error.name}: ${message}`;
}

/** The stack without its first line, which repeats the message. */
function stackLines(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  return error.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => `    ${line.trim()}`);
}
