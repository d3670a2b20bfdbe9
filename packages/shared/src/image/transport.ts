import { Failure, messageOf } from '../failure/failure.ts';
import { type Answer, exchange, type Request } from '../http/exchange.ts';
import type { Fetch } from '../http/fetch.ts';
import { passing, persist } from '../http/retry.ts';
import type { Clock } from '../time/clock.ts';
import { TimeoutReached } from '../time/deadline.ts';
import { addressOf } from './address.ts';
import { basicAuthorization, type Credentials } from './credentials.ts';
import { oneLine, refusalOf } from './said.ts';

/** How a registry is spoken to. */
export interface RegistryOptions {
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
  /** Sent to the registry and the token service it names, and nowhere else. None: anonymous. */
  credentials?: Credentials;
  /** Plain http, by choice. Not given: on loopback only; false: never. */
  plainHttp?: boolean;
  /** Time after which a failing request is not tried again, in milliseconds; 60,000 when not given. */
  budget?: number;
}

/** Requests with retry, to one registry and what it points to. */
export interface Transport {
  /** `https://ghcr.io`, without a path. */
  origin: string;
  /**
   * Sends a request until it has a definite answer, which may be a refusal.
   * @param what for the failure: "read ghcr.io/acme/app:1"
   * @throws Failure `image/registry` when there is none in time; `image/insecure`
   */
  send(request: Request, what: string): Promise<Answer>;
  /** Remembers a secret, so that {@link hide} knows it. */
  keep(secret: string): void;
  /** Takes the secrets out of a text. */
  hide(text: string): string;
}

const defaultBudget = 60_000;

/** Opens the way to a registry; nothing is sent yet. */
export function openTransport(registry: string, options: RegistryOptions): Transport {
  const { clock, signal, credentials, budget = defaultBudget } = options;
  const { origin, permits } = addressOf(registry, options.plainHttp);
  const secrets = new Set(credentials ? secretsOf(credentials) : []);
  const wire = { fetch: options.fetch, clock, signal, guard };

  function guard(url: URL): void {
    if (permits(url)) return;
    throw Failure.of('image/insecure', { registry: `${url.host} (named by ${registry})` });
  }

  function hide(text: string): string {
    let hidden = text;
    for (const secret of secrets) hidden = hidden.replaceAll(secret, '***');
    return hidden;
  }

  async function send(request: Request, what: string): Promise<Answer> {
    let answer: Answer;
    try {
      answer = await persist({ clock, signal, budget }, () => exchange(wire, request));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure) throw error;
      const said =
        error instanceof TimeoutReached
          ? `no answer within ${error.ms / 1_000} s`
          : oneLine(hide(messageOf(error)));
      throw Failure.of('image/registry', { registry, what, said }, error);
    }
    if (passing.has(answer.status)) {
      throw Failure.of('image/registry', { registry, what, said: refusalOf(answer, hide).said });
    }
    return answer;
  }

  return { origin, send, keep: (secret) => secrets.add(secret), hide };
}

function secretsOf(credentials: Credentials): string[] {
  if ('identityToken' in credentials) return [credentials.identityToken];
  const { username, password } = credentials;
  return [password, basicAuthorization(username, password).slice('Basic '.length)].filter(Boolean);
}
