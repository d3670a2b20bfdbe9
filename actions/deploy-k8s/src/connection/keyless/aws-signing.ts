import type { Hash, Hmac } from 'node:crypto';
import type { AwsCredentials } from '@slipway/shared/identity/aws-identity';
import { SignatureV4 } from '@smithy/signature-v4';

/** What a request of AWS is signed for. */
export interface AwsSigning {
  /** Signing name, `sts`. */
  service: string;
  region: string;
  credentials: AwsCredentials;
  /** Time of the signature. */
  date: Date;
}

/** A GET whose signature is in its address, so that somebody else can send it for us. */
export async function presignedGet(
  url: URL,
  { expires, headers, ...o }: AwsSigning & { expires: number; headers: Record<string, string> },
): Promise<URL> {
  const request = { ...requestOf(url), headers: { host: url.host, ...headers } };
  const signed = await (await signer(o)).presign(request, {
    signingDate: o.date,
    expiresIn: expires,
    // They are sent by whoever uses the address.
    unhoistableHeaders: new Set(Object.keys(headers)),
    signableHeaders: new Set(['host', ...Object.keys(headers)]),
  });
  return withQuery(url, signed.query);
}

/** The header fields of a signed GET. */
export async function signedGet(url: URL, o: AwsSigning): Promise<Record<string, string>> {
  const request = { ...requestOf(url), headers: { host: url.host } };
  const { headers } = await (await signer(o)).sign(request, { signingDate: o.date });
  const { host: _, ...fields } = headers;
  return fields;
}

async function signer({ credentials, region, service }: AwsSigning): Promise<SignatureV4> {
  const { createHash, createHmac } = await import('node:crypto');
  const sha256 = class extends Sha256 {
    protected override begin(key: string | Uint8Array | undefined): Hash | Hmac {
      return key === undefined ? createHash('sha256') : createHmac('sha256', key);
    }
  };
  return new SignatureV4({ credentials, region, service, sha256 });
}

function requestOf(url: URL) {
  return {
    method: 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port !== '' && { port: Number(url.port) }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
  };
}

function withQuery(
  url: URL,
  query: Readonly<Record<string, string | string[] | null>> | undefined,
): URL {
  const signed = new URL(url);
  signed.search = '';
  for (const [name, value] of Object.entries(query ?? {})) {
    if (typeof value === 'string') signed.searchParams.set(name, value);
  }
  return signed;
}

/** SHA-256 as the library wants it: by Node rather than by JavaScript. */
abstract class Sha256 {
  #hash: Hash | Hmac;
  readonly #key: string | Uint8Array | undefined;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#key = key === undefined || typeof key === 'string' ? key : bytesOf(key);
    this.#hash = this.begin(this.#key);
  }

  protected abstract begin(key: string | Uint8Array | undefined): Hash | Hmac;

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.begin(this.#key);
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(data)) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
