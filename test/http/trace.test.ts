import { expect, test } from 'vitest';
import { traceLine } from '../../src/http/observe/trace-line.ts';
import { exchangeEvent } from './exchange-event.ts';

test('a line of a trace is the request as JSON, without the type of the event', () => {
  const { type: _type, ...facts } = exchangeEvent({ bytes: 7 });
  expect(JSON.parse(traceLine(exchangeEvent({ bytes: 7 })))).toEqual(facts);
  expect(traceLine(exchangeEvent({}))).not.toContain('\n');
});
