import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from '../http/exchange.ts';
import { Refusal } from './refusal.ts';
import type { Session, Sessions } from './sessions.ts';

const form =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[A-Z0-9]+)\/(?<day>\d{8})\/(?<region>[a-z0-9-]+)\/(?<service>[a-z0-9-]+)\/aws4_request, ?SignedHeaders=(?<names>[a-z0-9;-]+), ?Signature=(?<signature>[0-9a-f]{64})$/;
const skew = 5 * 60_000;

/** Who signed a request, and for which region. */
export interface Signed {
  session: Session;
  region: string;
}

/**
 * Verifies Signature Version 4 of a POST to `/` with temporary credentials, from AWS's description
 * and not with the library that the clients sign with.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param service signing name, `ecr`
 * @param now milliseconds since the epoch
 */
export function verifySignature(
  request: Request,
  service: string,
  sessions: Sessions,
  now: number,
): Signed {
  const { authorization, 'x-amz-date': date = '', 'x-amz-security-token': token } = request.headers;
  if (!authorization) {
    throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const { key, day, region, names, signature, ...rest } = form.exec(authorization)?.groups ?? {};
  if (!key || !day || !region || !names || !signature) {
    throw new Refusal('IncompleteSignatureException', 'The Authorization header is incomplete.');
  }
  if (rest['service'] !== service) {
    throw invalid(`Credential should be scoped to correct service: '${service}'.`);
  }
  if (!date.startsWith(day) || Math.abs(timeOf(date) - now) > skew) {
    throw invalid(`Signature not yet current or expired: ${date}`);
  }
  const signed = names.split(';');
  const needed = Object.keys(request.headers).filter(
    (name) => name === 'host' || name === 'content-type' || name.startsWith('x-amz-'),
  );
  const forgotten = needed.find((name) => !signed.includes(name));
  if (forgotten) throw invalid(`'${forgotten}' must be a signed header.`);

  const session = sessions.find(key);
  if (!session || token !== session.sessionToken) {
    const message = 'The security token included in the request is invalid.';
    throw new Refusal('UnrecognizedClientException', message);
  }
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical(request, signed))].join('\n');
  const derived = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
    (secret, text) => hmac(secret, text),
    `AWS4${session.secretAccessKey}`,
  );
  if (!timingSafeEqual(hmac(derived, toSign), Buffer.from(signature, 'hex'))) {
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  }
  if (session.expires <= now) {
    const message = 'The security token included in the request is expired';
    throw new Refusal('ExpiredTokenException', message);
  }
  return { session, region };
}

function canonical({ body, headers, method }: Request, signed: readonly string[]): string {
  const lines = signed.toSorted().map((name) => {
    const value = headers[name]?.trim().replace(/ +/g, ' ') ?? '';
    return `${name}:${value}\n`;
  });
  return [method, '/', '', lines.join(''), signed.join(';'), sha256(body)].join('\n');
}

function timeOf(basicDate: string): number {
  const iso = basicDate.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5');
  return Date.parse(iso);
}

function invalid(message: string): Refusal {
  return new Refusal('InvalidSignatureException', message);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
