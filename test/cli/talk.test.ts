import { expect, test } from 'vitest';
import type { Output } from '../../src/cli/app-type.ts';
import type { GlobalOptions } from '../../src/cli/global-options.ts';
import { createTalk } from '../../src/cli/talk.ts';

/** What is written to stderr with these options when a request waits and an archive is given up. */
async function told(options: Partial<GlobalOptions>): Promise<string[]> {
  const lines: string[] = [];
  const plain = (text: string) => text;
  const paint = { warning: plain, faint: plain } as Output['paint'];
  const write = async (text: string | Uint8Array) => void lines.push(String(text));
  const talk = createTalk(
    { write, isTerminal: false, columns: 80, paint },
    { quiet: false, verbose: 0, debug: false, offline: false, ...options },
  );
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
