/** A proxy that does not lead to a server. */
export class ProxyRefused extends Error {
  /** What it answered; undefined when it closed the connection. */
  readonly status: number | undefined;

  constructor(
    { proxy, to, status }: { proxy: string; to: string; status?: number },
    cause?: unknown,
  ) {
    const why = status === undefined ? 'it closed the connection' : `status ${status}`;
    const hint = status === 401 || status === 407 ? '; credentials may be in its address' : '';
    super(`the proxy ${proxy} does not lead to ${to} (${why}${hint})`, { cause });
    this.status = status;
  }
}
