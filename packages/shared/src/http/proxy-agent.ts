/// <reference path="./undici-parts.d.ts" />
import type { Dispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import { setGlobalDispatcher } from 'undici/lib/global.js';
import type { HttpProxy, Proxies } from './proxy.ts';
import { ProxyRefused } from './proxy-refused.ts';

/** Sends all that fetch asks for through the proxies. */
export function sendThrough({ http, https, noProxy }: Proxies): void {
  const agents = new Map<string, Dispatcher>();
  if (http) agents.set('http:', agentFor(http, noProxy));
  if (https) agents.set('https:', agentFor(https, noProxy));
  const chosen = new Agent().compose((direct) => (options, handler) => {
    const agent = agents.get(new URL(String(options.origin)).protocol);
    return agent ? agent.dispatch(options, handler) : direct(options, handler);
  });
  setGlobalDispatcher(chosen);
}

function agentFor({ authorization, origin }: HttpProxy, noProxy: string): Dispatcher {
  return new EnvHttpProxyAgent({
    httpProxy: origin,
    httpsProxy: origin,
    noProxy,
    ...(authorization !== undefined && { token: authorization }),
    // A tunnel to port 80 is refused by most proxies.
    proxyTunnel: false,
    clientFactory: tellingPool,
  });
}

// undici says of a refused tunnel only that the request was cancelled, and waits where the proxy
// hangs up.
function tellingPool(proxy: URL, options: object): Dispatcher {
  const pool = new Pool(proxy, options);
  return Object.assign(pool, {
    async connect(asked: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
      const to = asked.path;
      const answer = await connect.call(pool, asked).catch((error: unknown) => {
        const hungUp = Object(error).code === 'UND_ERR_SOCKET';
        throw hungUp ? new ProxyRefused({ proxy: proxy.host, to }, error) : error;
      });
      if (answer.statusCode === 200) return answer;
      answer.socket.on('error', () => undefined).destroy();
      throw new ProxyRefused({ proxy: proxy.host, to, status: answer.statusCode });
    },
  });
}
