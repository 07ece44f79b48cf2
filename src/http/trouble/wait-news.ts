import type { Clock } from '../../ports/clock.ts';
import type { HttpEvent } from '../../ports/http.ts';

/**
 * Tells of a wait once: while one is going on at an operator, further ones for the same reason are not told. Requests that
 * fail together, 200 perhaps, would tell the same 200 times.
 */
export function tellingWaitsOnce(
  report: (event: HttpEvent) => void,
  clock: Pick<Clock, 'now'>,
): (event: HttpEvent) => void {
  const toldUntil = new Map<string, number>();
  return (event) => {
    if (event.type === 'waiting' && event.ms > 0) {
      const now = clock.now();
      // Jitter makes every length another one.
      const name = `${event.operator} ${event.reason.replace(/[\d.]+ s$/, '')}`;
      if (now < (toldUntil.get(name) ?? 0)) return;
      toldUntil.set(name, now + event.ms);
    }
    report(event);
  };
}
