import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTrace, traceLine } from '../../src/http/observe/trace.ts';
import type { ExchangeEvent } from '../../src/ports/http.ts';
import { exchangeEvent } from './exchange-event.ts';

function tracePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-trace-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'trace.ndjson');
}

function linesOf(path: string): ExchangeEvent[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ExchangeEvent);
}

describe('a trace', () => {
  it('has one line per request, in order, added to what is there, readable by its owner alone', async () => {
    const path = tracePath();
    for (const part of [0, 1]) {
      const trace = createTrace({ path, warn: () => {} });
      for (let index = 0; index < 500; index += 1) trace.note(exchangeEvent({ bytes: part * 500 + index }));
      await trace.close();
    }
    expect(linesOf(path).map((line) => line.bytes)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { type: _type, ...facts } = exchangeEvent({ bytes: 0 });
    expect(linesOf(path)[0]).toEqual(facts);
  });

  it('is not made when nothing is asked', async () => {
    const path = tracePath();
    await createTrace({ path, warn: () => {} }).close();
    expect(existsSync(path)).toBe(false);
  });

  it('ends a line that was cut before it adds its own', async () => {
    const path = tracePath();
    const whole = traceLine(exchangeEvent({}));
    writeFileSync(path, `${whole}\n${whole.slice(0, 20)}`);
    const trace = createTrace({ path, warn: () => {} });
    trace.note(exchangeEvent({}));
    await trace.close();
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([whole, whole.slice(0, 20), whole, '']);
  });

  it.each([
    { what: 'a full disk', path: '/dev/full' },
    { what: 'a folder that is not there', path: '/nowhere/at/all/trace.ndjson' },
  ])('is one warning and no failure on $what', async ({ path }) => {
    const warnings: string[] = [];
    const trace = createTrace({ path, warn: (message) => warnings.push(message) });
    trace.note(exchangeEvent({}));
    await trace.close();
    trace.note(exchangeEvent({}));
    await trace.close();
    expect(warnings).toEqual([expect.stringContaining(`the trace ${path} is incomplete: `)]);
  });
});
