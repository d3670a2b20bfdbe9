/**
 * Like Promise.all, but a failure waits for the others: what is still starting could not be ended.
 * @throws the first failure, in the order of the promises
 */
export async function allSettled<T>(promises: Iterable<Promise<T>>): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
