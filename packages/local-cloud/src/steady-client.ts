import type { Agent, IncomingMessage } from 'node:http';

/** What became of one request. */
export interface Asked {
  /** When it was sent, in milliseconds since the client started. */
  at: number;
  /** How long it took, in milliseconds. */
  ms: number;
  /** Whether it went over a connection that is kept open. */
  keptAlive: boolean;
  /** The status of the answer; undefined when there was none. */
  status?: number;
  /** The version that the answer shows; undefined when it shows none. */
  version?: string;
  /** Why there was no answer. */
  error?: string;
}

/** What a client saw from its start to its stop. */
export interface Seen {
  /** In the order in which they were sent. */
  asked: readonly Asked[];
  /** Requests without an answer, and answers with a status other than 200. */
  failures: readonly Asked[];
  /** The same in words, a line for each kind. */
  lost: readonly string[];
  /** The versions in the order in which each was first seen. */
  versions: readonly string[];
}

/** A client that asks all the time. */
export interface SteadyClient extends AsyncDisposable {
  /** What it has seen so far. */
  seen(): Seen;
  /** Resolves as soon as an answer shows this version. Rejects when the client has ended. */
  saw(version: string): Promise<void>;
  /** Ends it; resolves once every request has an outcome. */
  stop(): Promise<Seen>;
}

export interface SteadyOptions {
  /** Requests a second. */
  rate?: number;
  /** When it ends by itself, in milliseconds after its start. */
  limit?: number;
  /** How long one request may take, in milliseconds. */
  patience?: number;
  /** Reads the version from an answer's body. */
  version?: (body: string) => string | undefined;
}

/**
 * Asks a URL steadily, alternately over connections that are kept open and over new ones, to find
 * out what a switch of versions costs the users. No request is tried again.
 */
export async function askSteadily(
  url: string,
  { rate = 50, limit = 120_000, patience = 10_000, version = commitOf }: SteadyOptions = {},
): Promise<SteadyClient> {
  const { Agent, get } = await import('node:http');
  const kept = new Agent({ keepAlive: true });
  const fresh = new Agent({ keepAlive: false });
  const start = performance.now();
  const asked: Asked[] = [];
  const underWay = new Set<Promise<void>>();
  const watchers = new Set<() => void>();
  let ended = false;

  const ask = async (agent: Agent) => {
    const at = performance.now() - start;
    const signal = AbortSignal.timeout(patience);
    const outcome: Pick<Asked, 'status' | 'version' | 'error'> = {};
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        get(url, { agent, signal }, resolve).on('error', reject);
      });
      const shown = version(await text(response));
      if (response.statusCode !== undefined) outcome.status = response.statusCode;
      if (shown !== undefined) outcome.version = shown;
    } catch (error) {
      outcome.error = signal.aborted ? `no answer in ${patience} ms` : String(error);
    }
    asked.push({ at, ms: performance.now() - start - at, keptAlive: agent === kept, ...outcome });
    for (const look of watchers) look();
  };

  let sent = 0;
  let last = 0;
  const timer = setInterval(() => {
    const now = performance.now() - start;
    if (now > limit) return end();
    // On a busy machine it is late, and makes up for that at twice the rate. All that it owes at once
    // would be a load of its own, under which it is later still.
    const most = Math.ceil((2 * rate * Math.min(now - last, 250)) / 1_000);
    const due = Math.min(Math.ceil((now * rate) / 1_000), sent + most);
    last = now;
    for (; sent < due; sent += 1) {
      const request = ask(sent % 2 === 0 ? kept : fresh).finally(() => underWay.delete(request));
      underWay.add(request);
    }
  }, 1_000 / rate);

  const end = () => {
    clearInterval(timer);
    ended = true;
    for (const look of watchers) look();
  };
  const seen = (): Seen => {
    const inOrder = asked.toSorted((one, other) => one.at - other.at);
    const failures = inOrder.filter(({ status }) => status !== 200);
    return {
      asked: inOrder,
      failures,
      lost: inWords(failures),
      versions: [...new Set(inOrder.flatMap((one) => one.version ?? []))],
    };
  };
  const stop = async () => {
    end();
    await Promise.all(underWay);
    kept.destroy();
    return seen();
  };
  return {
    seen,
    stop,
    saw: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (asked.some((one) => one.version === wanted)) resolve();
          else if (ended) reject(new Error(`the client never saw ${wanted}`));
          else return;
          watchers.delete(look);
        };
        watchers.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** For example `2 of read ECONNRESET on kept connections: sent after 0.41 to 0.52 s, took 3 to 9 ms`. */
function inWords(failures: readonly Asked[]): string[] {
  const kinds = Object.groupBy(failures, ({ error, status, keptAlive }) => {
    return `${error ?? status} on ${keptAlive ? 'kept' : 'new'} connections`;
  });
  const range = (numbers: readonly number[], digits: number) =>
    `${Math.min(...numbers).toFixed(digits)} to ${Math.max(...numbers).toFixed(digits)}`;
  return Object.entries(kinds).map(([kind, some = []]) => {
    const sent = range(
      some.map(({ at }) => at / 1_000),
      2,
    );
    const took = range(
      some.map(({ ms }) => ms),
      0,
    );
    return `${some.length} of ${kind}: sent after ${sent} s, took ${took} ms`;
  });
}

/** The commit that `/health` and `/api/info` of the example app show. */
function commitOf(body: string): string | undefined {
  return /"commit":"([^"]*)"/.exec(body)?.[1];
}

async function text(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += chunk;
  return body;
}
