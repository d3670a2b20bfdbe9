import { decodeJwt } from 'jose';
import type { Answer, Handler, Request } from '../http/exchange.ts';
import { readForm, unknownField } from '../http/form.ts';
import { verifyToken } from '../jwt/verify.ts';
import { matches } from './pattern.ts';
import { Refusal } from './refusal.ts';
import type { AwsSeed, RoleSeed } from './seed.ts';
import { accountOf, type Sessions } from './sessions.ts';
import { queryAnswer, queryRefusal } from './xml.ts';

const operation = 'AssumeRoleWithWebIdentity';
const fieldNames = [
  'Action',
  'Version',
  'RoleArn',
  'RoleSessionName',
  'WebIdentityToken',
  'DurationSeconds',
];
const rolePattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

interface StsParts {
  seed: AwsSeed;
  /** The issuer that the accounts' OIDC provider is for; none: they have no provider. */
  issuer: string | undefined;
  sessions: Sessions;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * AWS STS, as far as a run needs it: AssumeRoleWithWebIdentity in the query protocol.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function stsService(parts: StsParts): Handler {
  return async (request) => {
    try {
      return await assumeRole(request, parts);
    } catch (error) {
      if (error instanceof Refusal) return queryRefusal(error);
      throw error;
    }
  };
}

async function assumeRole(request: Request, parts: StsParts): Promise<Answer> {
  const form = request.method === 'POST' && request.url.pathname === '/' && readForm(request);
  if (!form) throw new Refusal('MalformedInput', 'The request is no form.');
  const field = (name: string) => form.get(name) ?? '';
  if (field('Version') !== '2011-06-15' || field('Action') !== operation) {
    const message = `Could not find operation ${field('Action')} for version ${field('Version')}`;
    throw new Refusal('InvalidAction', message);
  }
  const unknown = unknownField(form, fieldNames);
  if (unknown) throw new Refusal('ValidationError', `Unknown parameter ${unknown}`);
  const duration = checkFields(field);

  const claims = await identify(field('WebIdentityToken'), field('RoleArn'), parts);
  const role = parts.seed.roles.find(({ arn }) => arn === field('RoleArn'));
  // A role that does not exist and one that does not trust the token look the same from outside.
  if (!role || !trusts(role, claims)) {
    throw new Refusal('AccessDenied', `Not authorized to perform sts:${operation}`, 403);
  }
  const expires = parts.now() + duration * 1_000;
  const session = parts.sessions.create(role, field('RoleSessionName'), expires);
  return queryAnswer(operation, {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(expires).toISOString(),
    },
    SubjectFromWebIdentityToken: claims.subject,
    AssumedRoleUser: {
      AssumedRoleId: `AROA${session.accessKeyId.slice(4)}:${field('RoleSessionName')}`,
      Arn: session.arn,
    },
    Provider: `arn:aws:iam::${accountOf(role)}:oidc-provider/${new URL(claims.issuer).host}`,
    Audience: claims.audience,
  });
}

function checkFields(field: (name: string) => string): number {
  const invalid = (name: string, rule: string) =>
    new Refusal(
      'ValidationError',
      `1 validation error detected: Value '${field(name)}' at '${name}' failed to satisfy constraint: ${rule}`,
    );
  const token = field('WebIdentityToken');
  if (token.length < 4 || token.length > 20_000) {
    const message = `1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length between 4 and 20000`;
    throw new Refusal('ValidationError', message);
  }
  if (!/^[\w+=,.@-]{2,64}$/.test(field('RoleSessionName'))) {
    throw invalid(
      'RoleSessionName',
      'Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    );
  }
  if (!rolePattern.test(field('RoleArn'))) {
    throw new Refusal('ValidationError', `${field('RoleArn')} is invalid`);
  }
  const duration = field('DurationSeconds') || '3600';
  if (!/^\d+$/.test(duration) || Number(duration) < 900 || Number(duration) > 43_200) {
    throw invalid('DurationSeconds', 'Member must have value between 900 and 43200');
  }
  if (Number(duration) > 3_600) {
    const message =
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.';
    throw new Refusal('ValidationError', message);
  }
  return Number(duration);
}

interface Claims {
  issuer: string;
  subject: string;
  audience: string;
}

async function identify(token: string, roleArn: string, parts: StsParts): Promise<Claims> {
  const { issuer, now, seed } = parts;
  const claimed = issuerOf(token);
  const account = roleArn.split(':')[4];
  const hasProvider = seed.roles.some((role) => accountOf(role) === account);
  if (claimed !== issuer || !hasProvider) {
    const message = `No OpenIDConnect provider found in your account for ${claimed}`;
    throw new Refusal('InvalidIdentityToken', message);
  }
  const claims = await verifyToken(token, issuer, now());
  switch (claims) {
    case 'unreachable':
      throw new Refusal('IDPCommunicationError', "Couldn't reach the identity provider.");
    case 'expired':
      throw new Refusal('ExpiredTokenException', 'Token is expired.');
    case 'signature':
      throw new Refusal('InvalidIdentityToken', 'Token signature is invalid.');
    case 'malformed':
      throw new Refusal('InvalidIdentityToken', 'Token is invalid.');
    default: {
      const { aud, sub = '' } = claims;
      if (typeof aud !== 'string' || !seed.clientIds.includes(aud)) {
        throw new Refusal('InvalidIdentityToken', 'Incorrect token audience');
      }
      return { issuer, audience: aud, subject: sub };
    }
  }
}

function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    throw new Refusal('InvalidIdentityToken', 'The ID Token provided is not a valid JWT.');
  }
}

function trusts({ trust }: RoleSeed, { audience, subject }: Claims): boolean {
  return trust.audience === audience && matches(trust.subject, subject);
}
