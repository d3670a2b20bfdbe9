import { unlessAborted } from '@slipway/shared/concurrency/unless-aborted';
import { Throttled } from '@slipway/shared/deploy/target';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { azureManagement } from '@slipway/shared/identity/azure-cloud';
import type { AzureIdentity } from '@slipway/shared/identity/azure-identity';
import type { IdentityContext } from '@slipway/shared/identity/context';
import type { AzureCloud } from '@slipway/shared/identity/registry-host';
import type { ArmAnswer, ArmRequest } from './arm-call.ts';

/** As whom a run speaks to Azure, and in which subscription. */
export interface AciAccess {
  subscription: string;
  cloud: AzureCloud;
  identity: AzureIdentity;
}

export interface ArmCalls {
  /** `https://management.azure.com`, without a slash at the end. */
  endpoint: string;
  send(request: ArmRequest, signal: AbortSignal): Promise<ArmAnswer>;
}

/**
 * Sends requests through the pipeline of `@azure/arm-containerinstance`, loaded here: it gets the token
 * in and repeats what had no answer or a 5xx, three times. Documents go through as they are, as its own
 * models are of an older API version and drop what they do not know.
 */
export async function armCalls(access: AciAccess, context: IdentityContext): Promise<ArmCalls> {
  const sdk = await import('./aci-client.ts');
  const { armHttp, asSecure } = await import('./arm-http.ts');
  const { identity, subscription } = access;
  const { clock } = context;
  const { endpoint, scope } = azureManagement(access.cloud, context.env);
  const credential = {
    async getToken() {
      const { expires, value } = await identity.token(scope);
      return { token: value, expiresOnTimestamp: Date.now() + expires - clock.now() };
    },
  };
  const http = armHttp(endpoint, context);
  const client = new sdk.ContainerInstanceManagementClient(credential, subscription, {
    endpoint: asSecure(endpoint),
    credentialScopes: scope,
    httpClient: http,
  });
  // Nothing of the answer is for its models, and a token goes nowhere else.
  client.pipeline.removePolicy({ name: 'deserializationPolicy' });
  client.pipeline.removePolicy({ name: sdk.redirectPolicyName });
  return {
    endpoint,
    async send({ body, call, method, url }, signal) {
      signal.throwIfAborted();
      // The SDK asks for it too, but does not stop waiting when the signal aborts.
      await unlessAborted(identity.token(scope), signal);
      const request = sdk.createPipelineRequest({
        url: asSecure(String(url)),
        method,
        abortSignal: signal,
        timeout: 0,
        headers: sdk.createHttpHeaders({
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
        }),
        ...(body !== undefined && { body }),
      });
      try {
        const { bodyAsText, headers, status } = await client.sendRequest(request);
        return {
          status,
          text: bodyAsText ?? '',
          header: (name) => headers.get(name),
          repeated: http.attemptsOf(request) > 1,
        };
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Failure || error instanceof Throttled) throw error;
        throw Failure.of('aci/unavailable', { call, said: messageOf(error) }, error);
      }
    },
  };
}
