import { expect, test } from 'vitest';
import { Stop, stopOf } from '../../src/http/stop.ts';

test('whoever listens is called once, when it ends; whoever left is not', () => {
  const stop = new Stop();
  const called: string[] = [];
  const leave = () => void called.push('left');
  for (const name of ['first', 'second', 'third']) stop.onAbort(() => void called.push(name));
  stop.onAbort(leave);
  stop.offAbort(leave);
  stop.abort('why');
  stop.abort('again');
  expect(called).toEqual(['first', 'second', 'third']);
  expect(stop).toMatchObject({ aborted: true, reason: 'why' });
  expect(() => stop.throwIfAborted()).toThrow('why');
});

test('the place of the first who left is taken by the next', () => {
  const stop = new Stop();
  const called: string[] = [];
  const first = () => void called.push('first');
  stop.onAbort(first);
  stop.offAbort(first);
  stop.onAbort(() => void called.push('next'));
  stop.abort('why');
  expect(called).toEqual(['next']);
});

test('its signal ends with it, whether it is asked for before or after', () => {
  const [before, after] = [new Stop(), new Stop()];
  const { signal } = before;
  expect(signal.aborted).toBe(false);
  before.abort('why');
  after.abort('why');
  expect([signal, after.signal].map(({ aborted, reason }) => [aborted, reason])).toEqual([
    [true, 'why'],
    [true, 'why'],
  ]);
  expect(before.signal).toBe(signal);
});

test('the one over a signal is the same for all who share it, and ends with it', () => {
  const controller = new AbortController();
  const stop = stopOf(controller.signal);
  expect(stopOf(controller.signal)).toBe(stop);
  expect(stop.signal).toBe(controller.signal);
  controller.abort('why');
  expect(stop.reason).toBe('why');
  expect(stopOf(AbortSignal.abort('before')).reason).toBe('before');
});

test('whoever comes when it has ended is called at once', () => {
  const stop = new Stop();
  stop.abort('why');
  const called: unknown[] = [];
  stop.onAbort(() => void called.push(stop.reason));
  expect(called).toEqual(['why']);
});
