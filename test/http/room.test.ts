import { expect, test } from 'vitest';
import { Room } from '../../src/http/limit/room.ts';

/** Enters, and notes it when there is room. */
function enter(room: Room, name: string, inside: string[]): void {
  const turn = room.enter();
  if (turn === undefined) inside.push(name);
  else void turn.then(() => inside.push(name));
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('takes so many at once, and who waits longest when one leaves', async () => {
  const room = new Room(2);
  const inside: string[] = [];
  for (const name of ['a', 'b', 'c', 'd']) enter(room, name, inside);
  expect(inside).toEqual(['a', 'b']);
  room.leave();
  // Whoever comes now waits behind those in line.
  enter(room, 'e', inside);
  await settled();
  expect(inside).toEqual(['a', 'b', 'c']);
  room.leave();
  room.leave();
  await settled();
  expect(inside).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('that is made smaller takes nobody until enough have left', async () => {
  const room = new Room(2);
  const inside: string[] = [];
  for (const name of ['a', 'b', 'c']) enter(room, name, inside);
  room.most = 1;
  room.leave();
  await settled();
  expect(inside).toEqual(['a', 'b']);
  room.leave();
  await settled();
  expect(inside).toEqual(['a', 'b', 'c']);
});
