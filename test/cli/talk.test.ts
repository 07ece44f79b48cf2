import { expect, test } from 'vitest';
import type { Output } from '../../src/cli/app-type.ts';
import type { GlobalOptions } from '../../src/cli/global-options.ts';
import { createTalk } from '../../src/cli/talk.ts';

/** A talk, and what it writes. */
function listening(options: Partial<GlobalOptions>) {
  const written: string[] = [];
  const plain = (text: string) => text;
  const paint = { warning: plain, faint: plain } as Output['paint'];
  const write = async (text: string | Uint8Array) => void written.push(String(text));
  const talk = createTalk(
    { write, isTerminal: false, columns: 80, paint },
    { quiet: false, verbose: 0, debug: false, offline: false, ...options },
  );
  return { talk, written };
}

/** What is written to stderr with these options when a request waits and an archive is given up. */
async function told(options: Partial<GlobalOptions>): Promise<string[]> {
  const { talk, written: lines } = listening(options);
  talk.emit({ type: 'waiting', operator: 'ENA', reason: 'ENA: server error 503, retrying in 1 s', ms: 1000 });
  talk.emit({ type: 'warning', message: 'ENA has not answered well for 180 s' });
  await talk.say('done');
  return lines;
}

const WAITING = 'info: ENA: server error 503, retrying in 1 s\n';
const WARNING = 'warning: ENA has not answered well for 180 s\n';

test.each([
  ['without options', {}, [WARNING, 'done\n']],
  ['-v', { verbose: 1 }, [WAITING, WARNING, 'done\n']],
  ['-vv', { verbose: 2 }, [WAITING, WARNING, 'done\n']],
  ['--quiet', { quiet: true }, []],
] as const)('000-29: %s', async (_name, options, lines) => {
  expect(await told(options)).toEqual(lines);
});

const SAVED = {
  type: 'committed',
  samples: 1,
  runs: 2,
  sequence: 1,
  records: [
    { table: 'samples', key: 'GSM1', change: 'added' },
    { table: 'runs', key: 'SRR1', change: 'added' },
    { table: 'runs', key: 'SRR2', change: 'unchanged' },
  ],
} as const;

test.each([
  ['without options', {}, []],
  ['-v', { verbose: 1 }, ['sample GSM1 added\n', 'run SRR1 added\n']],
  ['-q', { quiet: true }, []],
] as const)('000-46 what was saved is told for -v, not by default: %s', async (_name, options, lines) => {
  const { talk, written } = listening(options);
  talk.emit(SAVED);
  expect(written).toEqual(lines);
});

test.each([
  ['error', {}, []],
  ['warn', {}, [WARNING]],
  ['info', {}, [WAITING, WARNING]],
  ['debug', { quiet: true }, []],
] as const)('003-26 log.level %s of the configuration decides, but for --quiet', async (logLevel, options, lines) => {
  const { talk, written } = listening(options);
  talk.emit({ type: 'began', command: '', version: '1', logLevel });
  talk.emit({ type: 'waiting', operator: 'ENA', reason: 'ENA: server error 503, retrying in 1 s', ms: 1000 });
  talk.emit({ type: 'warning', message: 'ENA has not answered well for 180 s' });
  expect(written).toEqual(lines);
});
