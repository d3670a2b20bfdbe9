import { Failure, messageOf } from '../failure/failure.ts';
import type { AzureSignIn } from './azure-cloud.ts';
import { type AccessToken, type AzureIdentity, renewedTokens } from './azure-identity.ts';
import type { IdentityContext } from './context.ts';
import { signIn } from './entra.ts';
import { entraFailure, tooOld } from './entra-refused.ts';
import { type IdToken, readIdToken, requestIdToken } from './oidc.ts';

/** An application or managed identity in Entra, and where it signs in. */
export interface AzureApplication extends AzureSignIn {
  clientId: string;
  /** Id or domain of the directory. */
  tenantId: string;
}

/** An OIDC token is shown to Entra again for so long after it was made, in milliseconds; it lives five minutes. */
const goodFor = 2 * 60_000;

/**
 * This job as an application, without a stored secret: its OIDC token is the assertion. One for all
 * services that the job speaks to; exchanges close to each other show the same token.
 * @throws with the first token: Failure `identity/no-oidc`, `identity/azure-*`, `identity/refused`,
 *   `identity/unavailable`
 */
export function federatedIdentity(app: AzureApplication, context: IdentityContext): AzureIdentity {
  const { clock } = context;
  let held: { token: Promise<IdToken>; until: number } | undefined;
  const assertion = (fresh: boolean) => {
    if (held && !fresh && clock.now() < held.until) return held.token;
    const token = requestIdToken(app.audience, context);
    held = { token, until: clock.now() + goodFor };
    token.catch(() => {
      held = undefined;
    });
    return token;
  };
  const about = { ...named(app), way: "by this job's OIDC token" };
  return renewedTokens(about, clock, (scope) => byAssertion({ ...app, scope }, assertion, context));
}

/**
 * A pod of AKS as the identity that its workload identity says. AKS renews the token in the file.
 * Source: https://learn.microsoft.com/azure/aks/workload-identity-overview
 */
export function workloadIdentity(
  app: AzureApplication & { file: string },
  context: IdentityContext,
): AzureIdentity {
  const assertion = async () => {
    const { readFile } = await import('node:fs/promises');
    const text = await readFile(app.file, 'utf8').catch((error: unknown) => {
      throw unread(messageOf(error), error);
    });
    context.mask(text.trim());
    const token = readIdToken(text.trim(), app.audience);
    if (!token) throw unread(`${app.file} holds no token`);
    return token;
  };
  const about = { ...named(app), way: 'by the token in AZURE_FEDERATED_TOKEN_FILE' };
  return renewedTokens(about, context.clock, (scope) =>
    byAssertion({ ...app, scope }, assertion, context),
  );
}

/** An application by its own secret, which somebody has to renew. */
export function secretIdentity(
  app: AzureApplication & { secret: string; from: string },
  context: IdentityContext,
): AzureIdentity {
  context.mask(app.secret);
  const about = { ...named(app), way: `by the client secret in ${app.from}` };
  return renewedTokens(about, context.clock, async (scope) => {
    const request = { ...app, scope };
    const got = await signIn(request, { secret: app.secret }, context);
    if ('value' in got) return got;
    throw entraFailure(got, request, undefined);
  });
}

function named({ clientId, tenantId }: AzureApplication) {
  return { who: `application ${clientId}`, tenantId };
}

async function byAssertion(
  request: AzureApplication & { scope: string },
  assertion: (fresh: boolean) => Promise<IdToken>,
  context: IdentityContext,
): Promise<AccessToken> {
  // A token that was good a moment ago may have waited for long in a queue of Entra's or a proxy's.
  for (const fresh of [false, true]) {
    const token = await assertion(fresh);
    const got = await signIn(request, { assertion: token.value }, context);
    if ('value' in got) return got;
    if (got.code !== tooOld || fresh) throw entraFailure(got, request, token);
  }
  throw new Error('two attempts have an end');
}

function unread(said: string, cause?: unknown): Failure {
  return Failure.of('identity/no-azure-credentials', { said }, cause);
}
