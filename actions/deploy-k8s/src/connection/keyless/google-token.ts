import { Failure } from '@slipway/shared/failure/failure';
import { field, textField } from '@slipway/shared/http/json';
import { ask, type TokenAnswer, unusable } from '@slipway/shared/identity/ask';
import { cloudAddress } from '@slipway/shared/identity/cloud-address';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { type IdToken, requestIdToken } from '@slipway/shared/identity/oidc';
import { oneLine } from '@slipway/shared/image/said';

/** Who vouches for this job at Google, and as whom it then speaks. */
export interface GoogleFederation {
  /** `projects/123/locations/global/workloadIdentityPools/github/providers/github` */
  provider: string;
  /** Service account that is impersonated; none: the principal of the pool itself. */
  account: string | undefined;
}

/** An access token of Google. */
export interface GoogleToken {
  value: string;
  /** Milliseconds since the epoch. */
  end: number;
  /** For people. */
  who: string;
}

const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform';
const tokenService = 'Google STS';
const accountService = 'Google IAM Credentials';

/**
 * Exchanges this job's OIDC token for an access token: no key is stored anywhere.
 * Source: https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token and
 * https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
 * @throws Failure `identity/no-oidc`, `identity/refused`, `identity/unavailable`
 */
export async function googleToken(
  o: GoogleFederation,
  context: IdentityContext,
): Promise<GoogleToken> {
  const audience = `//iam.googleapis.com/${o.provider}`;
  const token = await requestIdToken(`https:${audience}`, context);
  const answer = await ask(
    {
      service: tokenService,
      url: new URL('/v1/token', endpoint('STS', 'https://sts.googleapis.com', context)),
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        subject_token: token.value,
        audience,
        scope: cloudPlatform,
      },
    },
    context,
  );
  if (answer.status !== 200) throw notTrusted(answer, token, o);
  const value = textField(answer.body, 'access_token');
  if (value === undefined) throw unusable(tokenService, 'the answer holds no token');
  context.mask(value);
  const seconds = Number(field(answer.body, 'expires_in')) || 300;
  const federated = {
    value,
    end: context.clock.now() + seconds * 1_000,
    who: principalOf(token, o),
  };
  return o.account === undefined ? federated : impersonated(o.account, federated, context);
}

async function impersonated(
  account: string,
  by: GoogleToken,
  context: IdentityContext,
): Promise<GoogleToken> {
  const base = endpoint('IAMCREDENTIALS', 'https://iamcredentials.googleapis.com', context);
  const answer = await ask(
    {
      service: accountService,
      url: new URL(`/v1/projects/-/serviceAccounts/${account}:generateAccessToken`, base),
      headers: { authorization: `Bearer ${by.value}` },
      json: { scope: [cloudPlatform], lifetime: '3600s' },
    },
    context,
  );
  const value = textField(answer.body, 'accessToken');
  const end = Date.parse(textField(answer.body, 'expireTime') ?? '');
  if (answer.status !== 200) {
    if (answer.status !== 403 && answer.status !== 404)
      throw unusable(accountService, saidBy(answer));
    throw Failure.of('identity/permission', {
      who: by.who,
      what: `speak as the service account ${account}`,
      said: saidBy(answer),
      grant: `roles/iam.workloadIdentityUser on ${account}, which has to be there`,
    });
  }
  if (value === undefined) throw unusable(accountService, 'the answer holds no token');
  context.mask(value);
  return {
    value,
    end: Number.isNaN(end) ? by.end : end,
    who: `the service account ${account}`,
  };
}

/** Source: https://cloud.google.com/iam/docs/principal-identifiers */
function principalOf({ subject }: IdToken, { provider }: GoogleFederation): string {
  return `principal://iam.googleapis.com/${poolOf(provider)}/subject/${subject}`;
}

function poolOf(provider: string): string {
  return provider.slice(0, provider.indexOf('/providers/'));
}

function notTrusted(answer: TokenAnswer, token: IdToken, o: GoogleFederation): Failure {
  const said = saidBy(answer).replaceAll(token.value, '***');
  if (answer.status >= 500) return unusable(tokenService, said);
  const { other, subject } = token;
  const hint =
    other === undefined
      ? ''
      : ` GitHub may write the same subject as ${other.subject}, which a condition has to let in too.`;
  return Failure.of('identity/refused', {
    service: tokenService,
    said,
    subject,
    trust: `the provider ${o.provider} needs issuer ${token.issuer}, audience ${token.audience} (its default), the mapping google.subject=assertion.sub, and a condition that is true for it.${hint}`,
  });
}

function saidBy({ body, status }: TokenAnswer): string {
  const error = field(body, 'error');
  const words =
    typeof error === 'string'
      ? [error, textField(body, 'error_description')]
      : [textField(error, 'status'), textField(error, 'message')];
  return oneLine(words.filter(Boolean).join(': ') || `HTTP ${status}`);
}

/** An address of Google; gcloud's own variables move it. */
function endpoint(name: string, own: string, { env }: IdentityContext): string {
  return cloudAddress(`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, env, own) ?? own;
}
