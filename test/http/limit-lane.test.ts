import { expect, test } from 'vitest';
import type { Exchange, Reply } from '../../src/http/exchange.ts';
import { createLimitLayer } from '../../src/http/limit/limit.ts';
import { createOperatorBudgets } from '../../src/http/limit/operator-budget.ts';
import { createLocalSlots } from '../../src/http/limit/slot-source.ts';
import { newNotes } from '../../src/http/observe/notes.ts';
import { Stop } from '../../src/http/stop.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';

/** A layer over connections that the server closes so many milliseconds after they opened, and that take so long to open again. */
function layerOver(closesAfter: number, opensIn: number) {
  const clock = createFakeClock();
  const starts: number[] = [];
  const reopened: number[] = [];
  const host = { host: 'x', operator: 'Slow archive', perSecond: 0.1, connections: 4, source: 'test' };
  const budgets = createOperatorBudgets(createLocalSlots(clock));
  const operator = budgets.declare(host, { credential: null, origin: null });
  const layer = createLimitLayer({ clock, report: () => {}, maxWaitMs: 1e9 });
  const send = layer(async () => {
    let openedAt = clock.now();
    return {
      isOpen: () => clock.now() >= openedAt && clock.now() < openedAt + closesAfter,
      reopen: async () => {
        reopened.push(clock.now());
        openedAt = clock.now() + opensIn;
        await clock.sleep(opensIn);
      },
      send: async () => {
        starts.push(clock.now());
        return { status: 200, headers: {}, body: { size: 2 } } as Reply;
      },
      release: () => {},
    };
  });
  const ask = () => {
    const url = new URL('http://x/');
    return send({ operator, stop: new Stop(), notes: newNotes(), url, repeatable: true } as Exchange);
  };
  return { clock, starts, reopened, ask };
}

const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

test('a connection that the server closes during a long wait opens before its slot, which is not lost', async () => {
  const { starts, reopened, ask } = layerOver(5000, 300);
  for (let i = 0; i < 4; i += 1) await ask();
  expect(gaps(starts)).toEqual([10_500, 10_500, 10_500]);
  expect(reopened).toEqual(starts.slice(1).map((start) => start - 1000));
});

test('one that does not open in time loses its slot, and the next one is found open', async () => {
  const { starts, reopened, ask } = layerOver(5000, 1500);
  await ask();
  await ask();
  expect(gaps(starts)).toEqual([11_000]);
  expect(reopened).toHaveLength(1);
});

test('one that never stays open is used after three times, in a slot', async () => {
  const { starts, ask } = layerOver(0, 0);
  for (let i = 0; i < 3; i += 1) await ask();
  for (const gap of gaps(starts)) expect(gap).toBeGreaterThanOrEqual(10_500);
});
