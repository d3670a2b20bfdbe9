import { Failure } from '../failure/failure.ts';
import type { ExchangeRequest, Sink, WholeAnswer } from '../http/exchange.ts';
import { keepSecret } from '../secrets/redact.ts';
import { openAuthority } from './authority.ts';
import type { Challenge } from './challenge.ts';
import { type Refusal, refusalOf } from './said.ts';
import { tokenIn, tokenRequest } from './token.ts';
import { openTransport, type RegistryOptions } from './transport.ts';

/** What may be done with a repository. */
export type Actions = 'pull' | 'pull,push';

/** One request to the registry API. */
export interface RegistryCall {
  repository: string;
  actions: Actions;
  /** What the request is about, for failures: `ghcr.io/acme/app:1`. */
  image: string;
  /** What it does, for failures: `read ghcr.io/acme/app:1`. */
  what: string;
  method: ExchangeRequest['method'];
  /** From the root of the host: `/v2/acme/app/tags/list`. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array<ArrayBuffer>;
  sink?: Sink;
}

/** Requests with authorization. */
export interface Session {
  registry: string;
  /**
   * Sends a request until it has a definite answer, which may be a refusal.
   * @throws Failure `image/registry` when there is none in time, `image/denied` when the token
   *   service refuses, `image/insecure` when something points to plain http
   */
  ask(call: RegistryCall): Promise<WholeAnswer>;
  /** Lets success through. @throws Failure with what everything else means */
  accept(answer: WholeAnswer, call: Pick<RegistryCall, 'repository' | 'image'>): WholeAnswer;
  refusal(answer: WholeAnswer): Refusal;
  /** `image/denied`, which also says so when nobody gave credentials. */
  denied(repository: string, said: string): Failure;
  /** What is sent as `Authorization` for a repository; undefined while the registry never asked. */
  authorization(repository: string, actions: Actions): Promise<string | undefined>;
}

/** Opens a session with one registry; nothing is sent yet. */
export function openSession(registry: string, options: RegistryOptions): Session {
  const { credentials } = options;
  const transport = openTransport(registry, options);
  const authority = openAuthority(credentials, fetchToken);

  function denied(repository: string, said: string): Failure {
    const without = credentials ? '' : ' (no credentials were given)';
    return Failure.of('image/denied', { registry, repository, said: said + without });
  }

  async function fetchToken(challenge: Challenge, scopes: string[]): Promise<string> {
    const repository = scopes[0]?.split(':')[1] ?? '';
    const what = `give a token for ${registry}/${repository}`;
    const request = tokenRequest(challenge, scopes, credentials);
    if (!request) {
      const said = 'it asks for a token and names no service that gives one';
      throw Failure.of('image/registry', { registry, what, said });
    }
    const answer = await transport.send(request, what);
    const { said } = refusalOf(answer);
    if ([400, 401, 403].includes(answer.status)) throw denied(repository, said);
    const token = answer.status === 200 ? tokenIn(answer) : undefined;
    if (token === undefined) {
      throw Failure.of('image/registry', { registry, what, said: `${said}, no usable token` });
    }
    keepSecret(token);
    return token;
  }

  return {
    registry,
    refusal: refusalOf,
    denied,
    authorization: (repository, actions) => authority.current(scopeOf(repository, actions)),

    async ask({ repository, actions, what, path, headers = {}, method, body, sink }) {
      const scope = scopeOf(repository, actions);
      const url = new URL(path, transport.origin);
      const attempt = (authorization: string | undefined): Promise<WholeAnswer> => {
        const all = { ...headers, ...(authorization !== undefined && { authorization }) };
        const more = { ...(body && { body }), ...(sink && { sink }) };
        return transport.send({ method, url, headers: all, ...more }, what);
      };
      const used = await authority.current(scope);
      const answer = await attempt(used);
      const challenge = answer.headers.get('www-authenticate');
      if (answer.status !== 401 || challenge === null) return answer;
      const fresh = await authority.renew(scope, used, challenge);
      return fresh === undefined ? answer : attempt(fresh);
    },

    accept(answer, { repository, image }) {
      if (answer.status >= 200 && answer.status < 300) return answer;
      const { said } = refusalOf(answer);
      if (answer.status === 401 || answer.status === 403) throw denied(repository, said);
      if (answer.status === 404) throw Failure.of('image/not-found', { image }, new Error(said));
      throw Failure.of('image/rejected', { registry, image, said });
    },
  };
}

function scopeOf(repository: string, actions: Actions): string {
  return `repository:${repository}:${actions}`;
}
