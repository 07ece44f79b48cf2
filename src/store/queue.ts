/** Runs a work after those that were handed in before; a failed one does not stop the next. */
export type Enqueue = <T>(work: () => Promise<T>) => Promise<T>;

/** Works one after the other. */
export function createQueue(): Enqueue {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = tail.then(work, work);
    tail = result.catch(() => undefined);
    return result;
  };
}
