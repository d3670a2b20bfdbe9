/**
 * What an exit code says to people.
 * Source: https://docs.docker.com/engine/containers/run/#exit-status, signal(7)
 * @param reason that the platform gives: only that tells an out-of-memory kill from others
 */
export function exitMeaning(code: number, reason = ''): string {
  if (/OutOfMemory|\bOOM(?:Kill|\b)/i.test(reason))
    return 'killed: it used more memory than its limit';
  const known = meanings[code];
  if (known !== undefined) return known;
  if (code > 128 && code < 160) return `ended by signal ${code - 128}`;
  return 'the app ended itself with an error';
}

const meanings: Readonly<Record<number, string>> = {
  0: 'the app ended by itself, as if it were done',
  125: 'the container could not be run',
  126: 'the command is no program that may be run, or one for another CPU',
  127: 'the command was not found in the image',
  130: 'interrupted (SIGINT)',
  134: 'it crashed (SIGABRT)',
  137: 'killed (SIGKILL): by the machine for want of memory, or because it did not stop in time',
  139: 'it crashed (SIGSEGV, segmentation fault)',
  143: 'it was told to stop (SIGTERM)',
};
