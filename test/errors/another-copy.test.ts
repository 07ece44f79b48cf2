import { describe, expect, it, vi } from 'vitest';

/** The errors as another copy of celline has them: classes of their own. */
async function copyOfErrors() {
  vi.resetModules();
  return import('../../src/index.ts');
}

describe('errors of another copy of celline', () => {
  it('mean the same as our own, by their kind and by that of their base', async () => {
    const [ours, theirs] = [await copyOfErrors(), await copyOfErrors()];
    expect(ours.StoreError).not.toBe(theirs.StoreError);
    const error = new theirs.StoreError('lock', 'The tables are locked.');
    expect(error).toBeInstanceOf(ours.StoreError);
    expect(error).toBeInstanceOf(ours.CellineError);
    expect(error).not.toBeInstanceOf(ours.NetworkError);
    expect(ours.failureName(new theirs.RateLimitedError('slow down'))).toBe('rate_limited');
    expect(new theirs.CellineError('LAB', 'closed')).not.toBeInstanceOf(ours.StoreError);
  });

  it('a class of a plug-in is what it extends', async () => {
    const [ours, theirs] = [await copyOfErrors(), await copyOfErrors()];
    class LabClosedError extends theirs.HttpStatusError {}
    const error = new LabClosedError(503, 'closed');
    expect(error).toBeInstanceOf(LabClosedError);
    expect(error).toBeInstanceOf(ours.HttpStatusError);
    expect(new ours.HttpStatusError(503, 'closed')).not.toBeInstanceOf(LabClosedError);
  });

  it('a name alone makes none', async () => {
    const { StoreError, CellineError } = await copyOfErrors();
    class Other extends Error {}
    Object.defineProperty(Other, 'name', { value: 'StoreError' });
    for (const value of [
      new Other('x'),
      { name: 'StoreError' },
      Object.create(null),
      null,
      undefined,
      'StoreError',
      5,
    ]) {
      expect(value).not.toBeInstanceOf(StoreError);
      expect(value).not.toBeInstanceOf(CellineError);
    }
  });
});
