import { Failure, messageOf } from '../failure/failure.ts';
import { type ExchangeRequest, exchange, type WholeAnswer } from '../http/exchange.ts';
import type { Fetch } from '../http/fetch.ts';
import { passing, persist } from '../http/retry.ts';
import { keepSecret } from '../secrets/redact.ts';
import type { Clock } from '../time/clock.ts';
import { TimeoutReached } from '../time/deadline.ts';
import { addressOf } from './address.ts';
import { basicAuthorization, type RegistryAuth } from './credentials.ts';
import { oneLine, refusalOf } from './said.ts';

/** How a registry is spoken to. */
export interface RegistryOptions {
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
  /** Sent to the registry and the token service it names, and nowhere else. None: anonymous. */
  credentials?: RegistryAuth;
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
  send(request: ExchangeRequest, what: string): Promise<WholeAnswer>;
}

const defaultBudget = 60_000;

/** Opens the way to a registry; nothing is sent yet. */
export function openTransport(registry: string, options: RegistryOptions): Transport {
  const { clock, signal, credentials, budget = defaultBudget } = options;
  const { origin, permits } = addressOf(registry, options.plainHttp);
  if (credentials) for (const secret of secretsOf(credentials)) keepSecret(secret);
  const wire = { fetch: options.fetch, clock, signal, guard };

  function guard(url: URL): void {
    if (permits(url)) return;
    throw Failure.of('image/insecure', { registry: `${url.host} (named by ${registry})` });
  }

  async function send(request: ExchangeRequest, what: string): Promise<WholeAnswer> {
    let answer: WholeAnswer;
    try {
      answer = await persist({ clock, signal, budget }, () => exchange(wire, request));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure) throw error;
      const said =
        error instanceof TimeoutReached
          ? `no answer within ${error.ms / 1_000} s`
          : oneLine(messageOf(error));
      throw Failure.of('image/registry', { registry, what, said }, error);
    }
    if (passing.has(answer.status)) {
      throw Failure.of('image/registry', { registry, what, said: refusalOf(answer).said });
    }
    return answer;
  }

  return { origin, send };
}

function secretsOf(credentials: RegistryAuth): string[] {
  if ('identityToken' in credentials) return [credentials.identityToken];
  const { username, password } = credentials;
  return [password, basicAuthorization(username, password).slice('Basic '.length)].filter(Boolean);
}
