// What a registry, the network or the builder may do better the next time. Seen in the error line
// of buildx, never in the output of a build step.
const passing = [
  /\b(?:unexpected status|unexpected HTTP status|failed with status code|error parsing HTTP)\b(?:.*:)? (?:408|429|500|502|503|504)\b/i,
  /too ?many ?requests/i,
  /connection (?:reset|refused)/i,
  /broken pipe|read\/write on closed pipe|use of closed network connection/i,
  /unexpected EOF|: EOF$/i,
  /i\/o timeout|TLS handshake timeout|timeout awaiting response headers|Client\.Timeout exceeded/i,
  /DeadlineExceeded|context deadline exceeded/i,
  /temporary failure in name resolution|server misbehaving/i,
  /no route to host|network is unreachable/i,
  /server sent GOAWAY|stream error: stream ID \d+|bad record MAC/i,
  /request must be retried|client connection is closing/i,
  // The builder went away under the build.
  /rpc error: code = Unavailable/i,
];

// What will be the same the next time, whatever else the line says.
const lasting = [
  /\bdenied\b|unauthorized|forbidden|insufficient_scope/i,
  /manifest unknown|no matching manifest|name unknown/i,
  /did not complete successfully/i,
  // Trying again counts against the same limit, which lasts for hours.
  /pull rate limit|too many failed login attempts/i,
];

// A longer line is a progress bar or an attack; the patterns go over it more than once.
const longest = 4_000;

/** Whether trying again may help, judged by the error line of buildx. */
export function isTransient(line: string): boolean {
  const said = line.slice(0, longest);
  return (
    !lasting.some((pattern) => pattern.test(said)) && passing.some((pattern) => pattern.test(said))
  );
}
