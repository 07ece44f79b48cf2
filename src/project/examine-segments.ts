import { errorMessage } from '../errors/error-message.ts';
import type { Finding, StoreCare } from '../ports/store-care.ts';
import type { Check } from './project.ts';

const NAME = 'segments';

/** Looks whether the files of the tables are there in their size; what is in them is for `celline db check`. */
export async function examineSegments(openCare: () => Promise<StoreCare>): Promise<Check> {
  try {
    const errors: Finding[] = [];
    for await (const finding of (await openCare()).integrity.check({ isQuick: true })) {
      if (finding.severity === 'error') errors.push(finding);
    }
    const [first] = errors;
    if (first === undefined) return { name: NAME, state: 'ok', detail: 'all there in their size', hint: null };
    const more = errors.length === 1 ? '' : `, and ${errors.length - 1} more`;
    const detail = `${first.table ?? 'tables'}: ${first.row ?? ''}: ${first.detail}${more}`;
    return { name: NAME, state: 'error', detail, hint: 'Run: celline db check' };
  } catch (error) {
    const detail = errorMessage(error);
    return { name: NAME, state: 'error', detail, hint: 'Run: celline db check' };
  }
}
