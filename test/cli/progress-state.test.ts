import { describe, expect, it } from 'vitest';
import { afterEvent, initialProgress, type ProgressState, progressLine } from '../../src/cli/progress-state.ts';
import { displayWidth } from '../../src/cli/render/display-width.ts';
import { duration, plural } from '../../src/cli/render/plural.ts';
import type { CellineEvent } from '../../src/ports/reporter.ts';

const START = 1_000_000;
const answered: CellineEvent = {
  type: 'answered',
  row: { id: 'GSM1', outcome: 'added', key: 'GSM1', runs: 1, files: 1, reason: null },
};
const request: CellineEvent = { type: 'request', operator: 'ncbi', url: 'https://host.example/', attempt: 1 };

function stateAfter(events: readonly CellineEvent[], total = 100): ProgressState {
  return events.reduce((state, event) => afterEvent(state, event, START), initialProgress(total, START));
}

describe('progress', () => {
  it('shows ids, requests, rate and time left', () => {
    const state = stateAfter([{ type: 'started', ids: 40 }, ...Array(10).fill(answered), ...Array(5).fill(request)]);
    expect(progressLine(state, START + 10_000, 80)).toBe(
      '█████░░░░░░░░░░░░░░░  10/40 ids  5 requests  0.5/s  30 s left',
    );
  });

  it('says why it waits, as long as it waits; the bar gives way first', () => {
    const waiting = { type: 'waiting', operator: 'ncbi', reason: 'NCBI asked to wait 2 s', ms: 2000 } as const;
    const state = stateAfter([...Array(100).fill(answered), request, waiting], 1000);
    const line = progressLine(state, START + 1600, 80);
    expect(line).toBe('100/1,000 ids  1 request  0.6/s  15 s left  NCBI asked to wait 2 s');
    expect(progressLine(state, START + 2000, 80)).not.toContain('asked to wait');
    for (const columns of [20, 40, 79, 200]) {
      const narrow = progressLine(state, START + 1600, columns);
      expect(displayWidth(narrow)).toBeLessThanOrEqual(columns);
      expect(narrow).toContain('100/1,000 ids');
    }
  });

  it('stops saying it when a wait of no length follows: the archive answers again', () => {
    const trouble = { type: 'waiting', operator: 'ENA', reason: 'ENA is in trouble', ms: 60_000 } as const;
    const over = { type: 'waiting', operator: 'ENA', reason: 'ENA answers again', ms: 0 } as const;
    expect(progressLine(stateAfter([trouble], 10), START + 1600, 80)).toContain('ENA is in trouble');
    expect(progressLine(stateAfter([trouble, over], 10), START + 1600, 80)).not.toContain('ENA');
  });

  it('tells the time left only once enough is done: refused ids are answered at once', () => {
    const refused = stateAfter([{ type: 'started', ids: 1000 }, ...Array(10).fill(answered), request]);
    expect(progressLine(refused, START + 3000, 80)).not.toContain('left');
  });

  it('counts the samples that are in the tables before their ids are answered', () => {
    const committed = { type: 'committed', samples: 250, runs: 250, sequence: 1, records: [] } as const;
    const state = stateAfter([{ type: 'started', ids: 1000 }, committed, request]);
    expect(progressLine(state, START + 3000, 100)).toContain('0/1,000 ids  250 samples  1 request');
    expect(progressLine(state, START + 3000, 100)).toContain('9 s left');
    const all = stateAfter([{ type: 'started', ids: 250 }, committed, request]);
    expect(progressLine(all, START + 3000, 100)).not.toContain('left');
  });

  it('never has more done than there is', () => {
    const state = stateAfter(Array(3).fill(answered), 1);
    expect(progressLine(state, START, 80)).toContain('3/3 ids');
  });
});

it('says counts and times as a person does', () => {
  expect([plural(1, 'row'), plural(1200, 'row')]).toEqual(['1 row', '1,200 rows']);
  expect([0.2, 8, 60, 75, 3599.5, 4200].map(duration)).toEqual([
    '1 s',
    '8 s',
    '1 min',
    '1 min 15 s',
    '1 h 0 min',
    '1 h 10 min',
  ]);
});
