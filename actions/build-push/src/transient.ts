// What a registry or the network may do better the next time. Seen in the last error line of
// buildx, never in the output of a build step.
const passing = [
  /connection reset by peer/i,
  /connection refused/i,
  /broken pipe/i,
  /unexpected EOF/i,
  /i\/o timeout/i,
  /TLS handshake timeout/i,
  /timeout awaiting response headers/i,
  /temporary failure in name resolution/i,
  /too ?many ?requests/i,
  /unexpected status(?: from \w+ request to \S+| code \S*)?:? (?:408|429|500|502|503|504)\b/i,
  /received unexpected HTTP status: (?:408|429|500|502|503|504)\b/i,
];

// What will be the same the next time, whatever else the line says.
const lasting = [
  /denied/i,
  /unauthorized/i,
  /forbidden/i,
  /manifest unknown/i,
  /no matching manifest/i,
  /name unknown/i,
  /did not complete successfully/i,
];

/** Whether trying again may help, judged by the last error line that buildx printed. */
export function isTransient(line: string): boolean {
  return (
    !lasting.some((pattern) => pattern.test(line)) && passing.some((pattern) => pattern.test(line))
  );
}

/** The line in which buildx says why it failed: the last `ERROR:`, or the last line at all. */
export function errorLine(stderr: string): string {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /^ERROR:? /.test(line)) ?? lines.at(-1) ?? '').trim();
}
