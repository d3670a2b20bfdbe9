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
 * Verifies Signature Version 4 of a request with temporary credentials, from AWS's description and
 * not with the library that the clients sign with.
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
  checkSignature(request, { signature, names: signed, date, day, region, service, session });
  if (session.expires <= now) throw over();
  return { session, region };
}

/** STS takes a signed address for so long, whatever it says of itself. */
const longestAddress = 15 * 60_000;
const addressFields = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
];

/**
 * Verifies a GET whose signature is in its address.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param own the fields of the query that are not about the signature
 */
export function verifyAddress(
  request: Request,
  service: string,
  { now, own, sessions }: { sessions: Sessions; now: number; own: readonly string[] },
): Signed {
  const { searchParams } = request.url;
  const unknown = [...searchParams.keys()].find(
    (name) => ![...addressFields, ...own].includes(name),
  );
  if (unknown !== undefined) throw invalid(`Unknown field ${unknown}.`);
  const field = (name: string) => searchParams.get(name) ?? '';
  const [key = '', day = '', region = '', scoped, end] = field('X-Amz-Credential').split('/');
  if (field('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || end !== 'aws4_request') {
    throw new Refusal('IncompleteSignatureException', 'The address is not signed as a whole.');
  }
  if (scoped !== service) {
    throw invalid(`Credential should be scoped to correct service: '${service}'.`);
  }
  const date = field('X-Amz-Date');
  const age = now - timeOf(date);
  if (!date.startsWith(day) || age > longestAddress || age < -skew) {
    throw invalid(`Signature not yet current or expired: ${date}`);
  }
  const session = sessions.find(key);
  if (!session || field('X-Amz-Security-Token') !== session.sessionToken) {
    const message = 'The security token included in the request is invalid.';
    throw new Refusal('UnrecognizedClientException', message);
  }
  const names = field('X-Amz-SignedHeaders').split(';');
  if (!names.includes('host')) throw invalid("'host' must be a signed header.");
  const signature = field('X-Amz-Signature');
  checkSignature(request, { signature, names, date, day, region, service, session });
  if (session.expires <= now) throw over();
  return { session, region };
}

function checkSignature(
  request: Request,
  o: {
    signature: string;
    /** Signed headers. */
    names: readonly string[];
    date: string;
    day: string;
    region: string;
    service: string;
    session: Session;
  },
): void {
  const { date, day, names, region, service, session, signature } = o;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical(request, names))].join('\n');
  const derived = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
    (secret, text) => hmac(secret, text),
    `AWS4${session.secretAccessKey}`,
  );
  const [given, wanted] = [Buffer.from(signature, 'hex'), hmac(derived, toSign)];
  if (given.length === wanted.length && timingSafeEqual(wanted, given)) return;
  throw invalid(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  );
}

function over(): Refusal {
  const message = 'The security token included in the request is expired';
  return new Refusal('ExpiredTokenException', message);
}

function canonical({ body, headers, method, url }: Request, signed: readonly string[]): string {
  const lines = signed.toSorted().map((name) => {
    const value = headers[name]?.trim().replace(/ +/g, ' ') ?? '';
    return `${name}:${value}\n`;
  });
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted();
  // What is encoded in a path is encoded once more, as everywhere but in S3.
  const path = url.pathname.split('/').map(encoded).join('/');
  return [method, path, query.join('&'), lines.join(''), signed.join(';'), sha256(body)].join('\n');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
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
