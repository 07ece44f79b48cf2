import { describe, test } from 'vitest';
import { custom } from '../../handlers/custom.ts';
import { geo } from '../../handlers/geo.ts';
import { insdc } from '../../handlers/insdc.ts';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import type { World } from '../../src/testing/archive-server/world.ts';
import { handlerContract } from '../../src/testing/contract/handler.ts';
import { HANDBOOK_RUNS, HANDBOOK_SAMPLE, startSampleService } from '../support/sample-service.ts';

describe('000-60: custom', () => {
  handlerContract(test, {
    handler: custom,
    async archive() {
      const service = await startSampleService({ samples: { CUSTOM123456: HANDBOOK_SAMPLE }, runs: HANDBOOK_RUNS });
      return { url: `${service.url}/v1`, missing: 'CUSTOM000009', search: { tissue: 'brain' }, close: service.close };
    },
  });
});

async function archives(idsOf: (world: World) => readonly string[], missing: string) {
  const world = generateWorld({ series: 1, samplesPerSeries: 3 });
  const none = Number.POSITIVE_INFINITY;
  const limits = { ncbiPerSecond: none, ncbiPerSecondWithKey: none, enaPerSecond: none };
  const server = await startArchiveServer({ world, limits });
  return { url: server.url, ids: idsOf(world), missing, close: () => server.close() };
}

describe('000-60: geo', () => {
  handlerContract(test, {
    handler: geo,
    archive: () => archives(({ samples }) => samples.map(({ alias }) => alias), 'GSM1'),
  });
});

describe('000-60: insdc', () => {
  handlerContract(test, {
    handler: insdc,
    archive: () => archives(({ samples }) => samples.flatMap(({ biosample }) => biosample ?? []), 'SAMN00000001'),
  });
});
