import type { OutcomeName } from '../../records/asked.ts';
import type { ScriptedAnswer } from '../scripted-server.ts';

/** A way in which an archive does not serve, and what the ids are then answered with. */
export interface Fault {
  readonly name: string;
  readonly answer: ScriptedAnswer;
  readonly outcome: OutcomeName;
}

const PAGE = '<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>';

/** Each is what the archive answers to every request. */
export const FAULTS: readonly Fault[] = [
  { name: 'status 400 is http_error', answer: { status: 400 }, outcome: 'http_error' },
  { name: 'status 500 that persists is http_error', answer: { status: 500 }, outcome: 'http_error' },
  { name: 'status 429 that persists is rate_limited', answer: { status: 429 }, outcome: 'rate_limited' },
  { name: 'a broken connection is network_error', answer: 'reset', outcome: 'network_error' },
  {
    name: 'an HTML page under status 200 is bad_response',
    answer: { headers: { 'content-type': 'text/html' }, body: PAGE },
    outcome: 'bad_response',
  },
  { name: 'half of an answer is bad_response', answer: { body: '{"id": "' }, outcome: 'bad_response' },
  { name: 'an empty answer is bad_response', answer: { body: '' }, outcome: 'bad_response' },
];
