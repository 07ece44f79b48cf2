import { CellineError } from '../../errors/celline-error.ts';
import { InterruptedError } from '../../errors/interrupted-error.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Query } from '../../ports/query.ts';
import type { App } from '../app-type.ts';
import { ClosedPipeError } from '../closed-pipe-error.ts';
import { errorText } from '../error-text.ts';
import { EXIT } from '../exit-code.ts';
import { listQueries } from '../list-queries.ts';
import { outputFormat } from '../output-format.ts';
import { printAnswer, timingText } from '../print-answer.ts';
import { boundText } from '../query-text.ts';
import { complete, type Vocabulary } from './complete.ts';
import { type DotCommand, parseDotCommand } from './dot-command.ts';
import { type History, historyPath, openHistory } from './history.ts';
import type { LineReader } from './line-reader.ts';
import { printHelp, printSchema, printTables } from './print-catalog.ts';
import { splitWords } from './split-words.ts';
import { inOneLine, isBlank, splitStatement } from './sql-text.ts';

/** How the prompt begins. */
export interface PromptOptions {
  readonly hasTiming: boolean;
  readonly timeoutMs?: number;
  readonly parameters: readonly string[];
}

/** What the parts of a prompt share. */
interface Prompt {
  /** With the format that was chosen. */
  app: App;
  readonly query: Query;
  readonly reader: LineReader;
  readonly history: History;
  hasTiming: boolean;
  readonly timeoutMs: number | undefined;
  /** Lines of a statement that has not ended. */
  pending: string;
}

const FIRST = 'celline> ';
const MORE = '    ...> ';

/** Asks for statements until Ctrl-D or `.quit`. Errors are told and the prompt goes on; Ctrl-C stops what runs. */
export async function runPrompt(options: PromptOptions, app: App): Promise<number> {
  checkSurroundings(options, app);
  const project = await app.openProject();
  const query = await project.query();
  const history = await openHistory(historyPath(app.env));
  const vocabulary: Vocabulary = {
    views: Object.fromEntries(query.views().map(({ name, columns }) => [name, columns.map((column) => column.name)])),
    queries: (await query.named()).map(({ name }) => name),
  };
  const reader = await app.openLines({
    entries: history.entries,
    complete: (line) => complete(prompt.pending, line, vocabulary),
  });
  const { hasTiming, timeoutMs } = options;
  const prompt: Prompt = { app, query, reader, history, hasTiming, timeoutMs, pending: '' };
  await app.say(`Tables of ${project.root}, read-only. A statement ends with ; and .help lists commands.`);
  try {
    await readAndRun(prompt);
  } finally {
    reader.close();
  }
  return app.signal.aborted ? EXIT.interrupted : EXIT.ok;
}

function checkSurroundings({ parameters }: PromptOptions, { globals, stdout }: App): void {
  if (globals.output !== undefined) {
    throw new UsageError('The prompt prints where you are; --output needs a statement.', {
      hint: 'celline query "SELECT * FROM samples" --output samples.csv',
    });
  }
  if (parameters.length > 0)
    throw new UsageError('There is no statement for --param.', { hint: 'celline query --help' });
  outputFormat(globals, stdout.isTerminal);
}

async function readAndRun(prompt: Prompt): Promise<void> {
  for (;;) {
    const typed = await prompt.reader.read(prompt.pending === '' ? FIRST : MORE);
    if (typed.kind === 'end') {
      // The cursor stands behind the prompt.
      await prompt.app.stderr.write('\n');
      return;
    }
    if (typed.kind === 'cancel') prompt.pending = '';
    else if (await takeLine(prompt, typed.text)) return;
  }
}

/** Runs what the line completes; true: leave. */
async function takeLine(prompt: Prompt, line: string): Promise<boolean> {
  if (prompt.pending === '' && /^\s*[.@]/.test(line)) {
    await prompt.history.add(line.trim());
    return told(prompt, () => (line.trim().startsWith('.') ? runDot(prompt, line) : runNamed(prompt, line)));
  }
  prompt.pending = prompt.pending === '' ? line : `${prompt.pending}\n${line}`;
  for (;;) {
    const { statement, rest } = splitStatement(prompt.pending);
    prompt.pending = isBlank(rest) ? '' : rest.replace(/^\s+/, '');
    if (statement === null) return false;
    if (isBlank(statement)) continue;
    await prompt.history.add(inOneLine(statement));
    await told(prompt, () => runSql(prompt, statement, []));
  }
}

/** Does the work; an error is told and nothing ends. Gives what the work gives, false after an error. */
async function told(prompt: Prompt, work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    const { app } = prompt;
    if (error instanceof ClosedPipeError || app.signal.aborted) throw error;
    // What was typed ahead belonged to what failed.
    const text = error instanceof InterruptedError ? 'Stopped.\n' : errorText(error, app.globals.debug);
    await app.stderr.write(text);
    if (!(error instanceof CellineError) && !app.globals.debug) await app.say('The prompt goes on.');
    return false;
  }
}

async function runSql(prompt: Prompt, text: string, words: readonly string[]): Promise<boolean> {
  const { app, query, timeoutMs } = prompt;
  const stop = new AbortController();
  const release = prompt.reader.onInterrupt(() => stop.abort(new InterruptedError('Stopped by the user.')));
  const begin = app.now();
  try {
    const { sql, parameters } = await boundText(query, text, words);
    const limits = { signal: stop.signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const answer = await query.run(sql, parameters, limits);
    const count = await printAnswer(app, answer);
    if (prompt.hasTiming) await app.say(timingText(app, begin, count, answer));
  } finally {
    release();
  }
  return false;
}

/** `@brain tissue='T cell';` */
function runNamed(prompt: Prompt, line: string): Promise<boolean> {
  const [name = '', ...words] = splitWords(line.trim().replace(/;+$/, ''));
  return runSql(prompt, name, words);
}

async function runDot(prompt: Prompt, line: string): Promise<boolean> {
  const command: DotCommand = parseDotCommand(line);
  const { app, query } = prompt;
  if (command.kind === 'quit') return true;
  if (command.kind === 'help') await printHelp(app);
  else if (command.kind === 'tables') await printTables(app, query);
  else if (command.kind === 'queries') await listQueries(app, query);
  else if (command.kind === 'schema') await printSchema(app, query, command.table);
  else if (command.kind === 'timing') prompt.hasTiming = command.isOn;
  else prompt.app = { ...app, globals: { ...app.globals, format: command.format } };
  return false;
}
