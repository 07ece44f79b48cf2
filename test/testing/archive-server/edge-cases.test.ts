import { describe, expect, it } from 'vitest';
import { generateWorld } from '../../../src/testing/archive-server/generate-world.ts';
import type { World, WorldRun, WorldSample, WorldStudy } from '../../../src/testing/archive-server/world.ts';
import { indexWorld } from '../../../src/testing/archive-server/world-index.ts';
import { all, eutil, get, searchSra, serve } from './support.ts';

const BASE = generateWorld({ series: 1, samplesPerSeries: 3 });
const REPORT = '/ena/portal/api/filereport?result=read_run&fields=run_accession&accession=';

/** The base world with its first run, its study and its series changed. */
function worldWith(change: {
  readonly run?: Partial<WorldRun>;
  readonly study?: Partial<WorldStudy>;
  readonly subSeries?: readonly string[];
}): World {
  const changeRun = (sample: WorldSample, at: number): WorldSample => {
    if (at > 0) return sample;
    const experiments = sample.experiments.map((one) => ({
      ...one,
      runs: one.runs.map((run) => ({ ...run, ...change.run })),
    }));
    return { ...sample, experiments };
  };
  return {
    ...BASE,
    studies: BASE.studies.map((study) => ({ ...study, ...change.study })),
    series: BASE.series.map((series) => ({ ...series, subSeries: change.subSeries ?? [] })),
    samples: BASE.samples.map(changeRun),
  };
}

const full = (id: string) => ({ db: 'sra', rettype: 'full', id });

describe('what the archives do with odd records', () => {
  it('shows every sample of a pooled run, and finds it by each', async () => {
    const server = await serve({ world: worldWith({ run: { pooledWith: ['SRS99000002'] } }) });
    const { text } = await eutil(server, 'efetch', full('SRR99000001'));
    const [pool] = all(text, /(<Pool>.*?<\/Pool>)/g);
    expect(all(pool ?? '', /<Member [^>]*accession="(\w+)"/g)).toEqual(['SRS99000001', 'SRS99000002']);
    expect((await searchSra(server, 'SRS99000002')).count).toBe('2');
    expect((await get(server, `${REPORT}SRS99000002`)).text).toBe('run_accession\nSRR99000002\n');
  });

  it('keeps controlled runs from ENA and gives them no open URL at NCBI', async () => {
    const server = await serve({ world: worldWith({ run: { controlled: true }, study: { dbgap: 'phs009901' } }) });
    const { text } = await eutil(server, 'efetch', full('SRX99000001'));
    expect(text).toContain('is_public="false" cluster_name="dbgap"');
    expect(text).toContain('<EXTERNAL_ID namespace="dbGaP">phs009901</EXTERNAL_ID>');
    expect(text).not.toContain('anonymous');
    expect((await get(server, `${REPORT}SRR99000001`)).text).toBe('run_accession\n');
  });

  it('has no package for an experiment whose only run NCBI lacks', async () => {
    const server = await serve({ world: worldWith({ run: { missingAt: ['NCBI'] } }) });
    expect((await searchSra(server, 'GSM99000001 OR GSM99000002')).count).toBe('1');
    expect((await get(server, `${REPORT}SRR99000001`)).text).toBe('run_accession\nSRR99000001\n');
  });

  it('has an experiment without runs as a package with an empty set', async () => {
    const samples = BASE.samples.map((sample) => ({
      ...sample,
      experiments: sample.experiments.map((one) => ({ ...one, runs: [] })),
    }));
    const server = await serve({ world: { ...BASE, samples } });
    expect((await eutil(server, 'efetch', full('SRX99000001'))).text).toContain('<RUN_SET/>');
  });

  it('expands an umbrella project at ENA', async () => {
    const server = await serve({ world: worldWith({ study: { umbrella: 'PRJNA9999999' } }) });
    expect((await get(server, `${REPORT}PRJNA9999999`)).text.trimEnd().split('\n')).toHaveLength(4);
  });

  it('names the SubSeries of a SuperSeries', async () => {
    const server = await serve({ world: worldWith({ subSeries: ['GSE990002', 'GSE990003'] }) });
    const { text } = await get(server, '/geo/query/acc.cgi?form=text&targ=self&acc=GSE990001');
    expect(all(text, /relation = SuperSeries of: (\w+)/g)).toEqual(['GSE990002', 'GSE990003']);
  });

  it('refuses a world whose experiment has no study', () => {
    expect(() => indexWorld({ ...BASE, studies: [] })).toThrow('SRX99000001: the world has no study SRP990001');
  });
});
