import { UsageError } from '../../../errors/usage-error.ts';
import { printable } from '../../../formats/printable.ts';
import type { CacheCare, CachedAnswer } from '../../../ports/cache-care.ts';
import type { App } from '../../app-type.ts';
import { answerRow, FULL_COLUMNS } from '../../cached-answer-row.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';
import { writeData } from '../../open-data.ts';
import { outputFormat } from '../../output-format.ts';
import { printRows, printText } from '../../print-rows.ts';

/** What `celline cache show` was asked. */
export interface ShowOptions {
  /** A key or an address. */
  readonly name: string;
  /** Print the body alone. */
  readonly body: boolean;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): ShowOptions {
  return { name: args[0] ?? '', body: isSet(flags, 'body') };
}

/** Prints the answer, or several that came from one address; with `--body` the bytes of one. */
export async function run({ name, body }: ShowOptions, app: App): Promise<number> {
  const cache = await (await app.openProject()).cache();
  const answers = await cache.find([name]);
  if (answers.length === 0) {
    await app.say(`Not in the cache: ${printable(name)}. What is: celline cache list`);
    return EXIT.failed;
  }
  if (body) return printBody(answers, cache, app);
  if (outputFormat(app.globals, app.stdout.isTerminal) === 'table') {
    await printText(app, answers.map((answer) => block(answer, app)).join('\n'));
    return EXIT.ok;
  }
  const columns = [
    ...FULL_COLUMNS,
    { name: 'negative' },
    { name: 'content_type' },
    { name: 'checked_as' },
    { name: 'sha256' },
  ];
  await printRows(app, { columns }, [answers.map(fullRow)]);
  return EXIT.ok;
}

async function printBody(answers: readonly CachedAnswer[], cache: CacheCare, app: App): Promise<number> {
  const [answer, ...others] = answers;
  if (answer === undefined || others.length > 0) {
    throw new UsageError(`${answers.length} answers came from that address.`, {
      hint: `Choose one by its key: ${answers.map(({ key }) => key).join(', ')}`,
    });
  }
  const chunks = await cache.body(answer.key);
  if (chunks === null) {
    await app.say(`The body of ${answer.key} is damaged: celline cache verify --repair`);
    return EXIT.failed;
  }
  await writeData(app, async (sink) => {
    for await (const chunk of chunks) await sink.writeBytes(chunk);
  });
  return EXIT.ok;
}

function fullRow(answer: CachedAnswer) {
  const { isNegative, contentType, checkedAs, sha256 } = answer;
  return { ...answerRow(answer), negative: isNegative, content_type: contentType, checked_as: checkedAs, sha256 };
}

function block(answer: CachedAnswer, app: App): string {
  const { size, age, fresh, ...row } = fullRow(answer) as Record<string, unknown>;
  const facts = {
    ...row,
    bytes: `${row.bytes} (${size})`,
    fetched_at: `${row.fetched_at} (${age} ago, ${fresh === true ? 'fresh' : 'stale'})`,
  };
  const lines = Object.entries(facts)
    .filter(([name, value]) => name !== 'age_seconds' && value !== null)
    .map(([name, value]) => `${app.stdout.paint.header(name.padEnd(12))}  ${printable(String(value))}\n`);
  return lines.join('');
}
