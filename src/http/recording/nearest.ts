import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseExchange } from './exchange-file.ts';
import { type Question, questionStem } from './question.ts';

/** Files that are looked at for a message. */
const MOST_FILES = 200;

/** Share of equal words from which a question is called near. */
const NEAR = 0.5;

/** The recorded exchange of the same endpoint whose question has most words in common; null when none is near. Never fails. */
export async function nearestRecorded(folder: string, question: Question): Promise<string | null> {
  // `<end of the path>-<12 digits>`: the same endpoint begins alike.
  const start = questionStem(question).slice(0, -12);
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.startsWith(start) && name.endsWith('.json')).slice(0, MOST_FILES);
  const wanted = wordsOf(question);
  let best: { readonly path: string; readonly share: number } | null = null;
  for (const name of files) {
    const path = join(folder, name);
    const share = await shareOf(path, wanted);
    if (share >= NEAR && (best === null || share > best.share)) best = { path, share };
  }
  return best?.path ?? null;
}

async function shareOf(path: string, wanted: ReadonlySet<string>): Promise<number> {
  try {
    const words = wordsOf(parseExchange(await readFile(path, 'utf8')).question);
    const common = [...words].filter((word) => wanted.has(word)).length;
    return common / (words.size + wanted.size - common);
  } catch {
    return 0;
  }
}

/** Ids, names and values of a question. */
function wordsOf(question: Question): Set<string> {
  return new Set(decoded(JSON.stringify(question)).split(/[^A-Za-z0-9_.]+/));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
