import type * as logs from '@aws-sdk/client-cloudwatch-logs';
import { awsClientSettings } from '@slipway/shared/identity/aws-client';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { callsOf } from './calls.ts';
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
  let opened: Promise<logs.CloudWatchLogsClient> | undefined;
  const open = async () => {
    const { CloudWatchLogsClient } = await import('./logs-client.ts');
    const settings = awsClientSettings('CLOUDWATCH_LOGS', region, context);
    return new CloudWatchLogsClient({ ...settings, credentials: () => identity.credentials() });
  };
  const client = () => {
    opened ??= open();
    return opened;
  };
  return {
    getLogEvents: by('GetLogEvents', async (input, options) => {
      const { GetLogEventsCommand } = await import('./logs-client.ts');
      return (await client()).send(new GetLogEventsCommand(input), options);
    }),
    [Symbol.dispose]: () => void opened?.then((one) => one.destroy()),
  };
}
