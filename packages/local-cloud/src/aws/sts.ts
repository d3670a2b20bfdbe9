import type {
  AssumeRoleWithWebIdentityRequest,
  AssumeRoleWithWebIdentityResponse,
  GetCallerIdentityRequest,
  GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import { decodeJwt } from 'jose';
import type { Answer, Handler, Request } from '../http/exchange.ts';
import { verifyToken } from '../jwt/verify.ts';
import { matches } from '../pattern.ts';
import { serviceModel } from './model/service-model.ts';
import type { Wire } from './model/wire.ts';
import { queryService, type UnsignedOperation } from './query-service.ts';
import { queryAnswer, queryRefusal } from './query-xml.ts';
import { Refusal } from './refusal.ts';
import type { AwsSeed, RoleSeed } from './seed.ts';
import type { AwsParts, Operation } from './service.ts';
import { accountOf, type Session } from './sessions.ts';
import { verifyAddress } from './signature.ts';

const rolePattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
/** What a role allows unless somebody raised it. */
const longestSession = 3_600;

interface StsParts extends AwsParts {
  seed: AwsSeed;
  /** The issuer that the accounts' OIDC provider is for; none: they have no provider. */
  issuer: string | undefined;
  /** How long a session lasts that asks for no duration. */
  sessionSeconds?: number | undefined;
}

/**
 * AWS STS, as far as a run needs it: AssumeRoleWithWebIdentity and GetCallerIdentity.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/
 */
export function stsService(parts: StsParts): Handler {
  const posted = queryService({
    ...parts,
    model: 'sts',
    operations: {
      AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity(parts),
      GetCallerIdentity: getCallerIdentity,
    },
  });
  return (request) =>
    request.method === 'GET' ? callerByAddress(request, parts) : posted(request);
}

/** GetCallerIdentity by an address that somebody else has signed, as EKS asks it. */
function callerByAddress(request: Request, parts: StsParts): Answer {
  const model = serviceModel('sts');
  const operation = model.operations['GetCallerIdentity'];
  try {
    const { searchParams } = request.url;
    const asked = `${searchParams.get('Action')} ${searchParams.get('Version')}`;
    if (!operation || asked !== `GetCallerIdentity ${model.metadata.apiVersion}`) {
      throw new Refusal('InvalidAction', `Could not find operation ${asked}`);
    }
    const own = ['Action', 'Version'];
    const signed = verifyAddress(request, 'sts', { ...parts, now: parts.now(), own });
    parts.permissions.see('sts:GetCallerIdentity', signed.session.role.arn);
    return queryAnswer(model, operation, callerOf(signed.session));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return queryRefusal(model, new Refusal(error.code, error.message, 403));
  }
}

const getCallerIdentity: Operation<
  Wire<GetCallerIdentityRequest>,
  Wire<GetCallerIdentityResponse>
> = {
  free: true,
  resource: () => '*',
  run: (_, { session }) => callerOf(session),
};

function callerOf(session: Session) {
  return {
    UserId: `AROA${session.accessKeyId.slice(4)}:${session.arn.split('/').at(-1)}`,
    Account: accountOf(session.role),
    Arn: session.arn,
  };
}

function assumeRoleWithWebIdentity(
  parts: StsParts,
): UnsignedOperation<
  Wire<AssumeRoleWithWebIdentityRequest>,
  Wire<AssumeRoleWithWebIdentityResponse>
> {
  return {
    unsigned: true,
    members: ['DurationSeconds', 'RoleArn', 'RoleSessionName', 'WebIdentityToken'],
    async run({ DurationSeconds, RoleArn, RoleSessionName, ...rest }) {
      const duration = DurationSeconds ?? parts.sessionSeconds ?? longestSession;
      parts.permissions.see('sts:AssumeRoleWithWebIdentity', RoleArn);
      if (!rolePattern.test(RoleArn)) {
        throw new Refusal('ValidationError', `${RoleArn} is invalid`);
      }
      if (duration > longestSession) {
        const message =
          'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.';
        throw new Refusal('ValidationError', message);
      }
      const claims = await identify(rest.WebIdentityToken, RoleArn, parts);
      const role = parts.seed.roles.find(({ arn }) => arn === RoleArn);
      // A role that does not exist and one that does not trust the token look the same from outside.
      if (!role || !trusts(role, claims)) {
        const message = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';
        throw new Refusal('AccessDenied', message, 403);
      }
      const expires = parts.now() + duration * 1_000;
      const session = parts.sessions.create(role, RoleSessionName, expires);
      return {
        Credentials: {
          AccessKeyId: session.accessKeyId,
          SecretAccessKey: session.secretAccessKey,
          SessionToken: session.sessionToken,
          Expiration: expires / 1_000,
        },
        SubjectFromWebIdentityToken: claims.subject,
        AssumedRoleUser: {
          AssumedRoleId: `AROA${session.accessKeyId.slice(4)}:${RoleSessionName}`,
          Arn: session.arn,
        },
        Provider: `arn:aws:iam::${accountOf(role)}:oidc-provider/${new URL(claims.issuer).host}`,
        Audience: claims.audience,
      };
    },
  };
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
