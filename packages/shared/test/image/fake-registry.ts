import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { send } from '../../../local-cloud/src/http/send.ts';
import { Variety } from '../../../local-cloud/src/http/variety.ts';
import { openRegistry, type Registry, type RegistryOptions } from '../../src/image/registry.ts';
import { quickClock } from './quick-clock.ts';

/** A request as the server saw it. */
export interface Seen {
  method: string;
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** `reset` cuts the connection; `silence` never answers. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body?: string }
  | 'reset'
  | 'silence';

export interface FakeServer extends AsyncDisposable {
  /** `127.0.0.1:34567` */
  host: string;
  seen: Seen[];
  /** `GET /v2/` and so on, in the order of arrival. */
  lines(): string[];
}

/** Serves on a free port of loopback until disposed. */
export async function serve(answer: (seen: Seen) => Reply): Promise<FakeServer> {
  const seen: Seen[] = [];
  const variety = new Variety();
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const one = { method, path: url, headers, body: await text(request) };
    seen.push(one);
    const reply = answer(one);
    if (reply === 'silence') return;
    if (reply === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const { status = 200, headers: fields = {}, body = '' } = reply;
    const accepted = String(headers['accept-encoding'] ?? '');
    const sent = variety.of(
      { status, headers: fields, body },
      { method, url: new URL(url, 'http://registry'), headers: { 'accept-encoding': accepted } },
    );
    await send(sent, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    seen,
    lines: () => seen.map(({ method, path }) => `${method} ${path}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A client of a host, with a quick clock unless told otherwise. */
export function client(host: string, options: Partial<RegistryOptions> = {}): Registry {
  const signal = new AbortController().signal;
  return openRegistry(host, { fetch, clock: quickClock(), signal, ...options });
}

export function sha256(body: string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

/** The error form of the registry API. */
export function refusal(status: number, code: string, message: string): Exclude<Reply, string> {
  return { status, body: JSON.stringify({ errors: [{ code, message }] }) };
}

/** A document of a registry, with the headers that come with it. */
export function document(
  mediaType: string,
  content: object,
): Exclude<Reply, string> & { body: string; digest: string } {
  const body = JSON.stringify(content);
  const digest = sha256(body);
  return { body, digest, headers: { 'content-type': mediaType, 'docker-content-digest': digest } };
}

export const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
} as const;

/** An image of one platform: its manifest and its config. */
export function image(platform: object = { os: 'linux', architecture: 'amd64' }) {
  const config = document('application/octet-stream', platform);
  const manifest = document(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, digest: config.digest, size: config.body.length },
    layers: [],
  });
  return { config, manifest };
}
