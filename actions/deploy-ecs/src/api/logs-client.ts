// Named one by one, so that the bundle has no command that is not used.
export { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
export { OnceThrottled } from './once-throttled.ts';
