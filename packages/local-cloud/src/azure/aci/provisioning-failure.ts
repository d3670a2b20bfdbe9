import type { EventLog } from './events.ts';
import type { OperationError } from './operation.ts';

/** What the service says when a group is not there in time: all that happened, in one sentence. */
export function provisioningFailure(why: string, logs: readonly EventLog[]): OperationError {
  const messages = logs.flatMap((log) => log.list().map(({ message }) => message));
  const refer =
    "The container group provisioning has failed. Refer to 'DeploymentFailedReason' event for more details.";
  return { code: 'Failed', message: [refer, why, ...messages].join(';') };
}

/** @param wait in milliseconds */
export function lateDeployment(wait: number): string {
  const time = new Date(wait).toISOString().slice(11, 19);
  return `Subscription deployment didn't become successful in '${time}'.`;
}
