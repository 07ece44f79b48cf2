import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { IdleWatch } from '../../src/http/wire/idle-watch.ts';

test('what came while this process was busy is no silence', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sending = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [receiving] = (await once(server, 'connection')) as [Socket];
  const told: string[] = [];
  const watch = new IdleWatch(20, { onIdle: () => told.push('idle') });
  watch.start();
  receiving.on('data', () => {
    watch.renew(1024);
    watch.stop();
    told.push('data');
  });
  await new Promise<void>((resolve) => sending.write('x', () => resolve()));
  const until = performance.now() + 60;
  while (performance.now() < until);
  await once(receiving, 'data');
  await new Promise<void>((resolve) => {
    new IdleWatch(20, { onIdle: resolve }).start();
  });
  expect(told).toEqual(['data']);
  sending.destroy();
  receiving.destroy();
  server.close();
});
