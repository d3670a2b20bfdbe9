import type * as logs from '@aws-sdk/client-cloudwatch-logs';
import { awsClientSettings } from '@slipway/shared/identity/aws-client';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { callsOf, credentialsOf, onFirstCall } from './calls.ts';
import type { Call } from './ecs-api.ts';

/** The calls to CloudWatch Logs; they fail as those of `EcsApi`. */
export interface LogsApi {
  getLogEvents: Call<logs.GetLogEventsCommandInput, logs.GetLogEventsCommandOutput>;
}

/**
 * Opens CloudWatch Logs in one region, with the first call.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
 */
export function openLogs(
  o: { region: string; identity: AwsIdentity },
  context: IdentityContext,
): LogsApi & Disposable {
  const { identity, region } = o;
  const by = callsOf({ prefix: 'logs', identity, region });
  const late = onFirstCall(async () => {
    const sdk = await import('./logs-client.ts');
    const settings = awsClientSettings('CLOUDWATCH_LOGS', region, context);
    const how = { credentials: credentialsOf(identity), retryStrategy: new sdk.OnceThrottled() };
    return { sdk, client: new sdk.CloudWatchLogsClient({ ...settings, ...how }) };
  });
  return {
    getLogEvents: by('GetLogEvents', async (input, options) => {
      const { client, sdk } = await late.opened();
      return client.send(new sdk.GetLogEventsCommand(input), options);
    }),
    [Symbol.dispose]: () => late[Symbol.dispose](),
  };
}
