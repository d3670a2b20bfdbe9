import { type Handler, jsonAnswer } from '../../http/exchange.ts';
import type { AciWorld } from './world.ts';

/** Tells the address of a group by its domain name: `/slipway.eastus.azurecontainer.io`. */
export function nameService(world: AciWorld): Handler {
  return ({ url }) => {
    world.foundation.timeline.advance();
    const address = world.lookup(decodeURIComponent(url.pathname.slice(1)));
    return address === undefined ? jsonAnswer(404, {}) : jsonAnswer(200, { address });
  };
}

/**
 * Environment of a Node process for which the names of container groups lead to the emulated ones; all
 * other names are looked up as ever.
 * @param url of {@link nameService}
 */
export function nameEnv(url: string): Record<string, string> {
  const code = `
    const dns = process.getBuiltinModule('node:dns');
    const real = dns.lookup;
    dns.lookup = (name, options, done = options) => {
      if (!/\\.azurecontainer\\.io\\.?$/i.test(name)) return real(name, options, done);
      const missing = Object.assign(new Error('getaddrinfo ENOTFOUND ' + name), {
        code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname: name,
      });
      const http = process.getBuiltinModule('node:http');
      const ask = http.get('${url}/' + encodeURIComponent(name), { agent: false }, (answer) => {
        let said = '';
        answer.on('data', (part) => (said += part));
        answer.on('end', () => {
          if (answer.statusCode !== 200) return done(missing);
          const { address } = JSON.parse(said);
          if (options.all) done(null, [{ address, family: 4 }]);
          else done(null, address, 4);
        });
      });
      ask.on('error', () => done(missing));
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}
