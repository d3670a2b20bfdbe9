import { randomBytes, randomInt } from 'node:crypto';

/** The account and region in which something lives. */
export interface Place {
  account: string;
  region: string;
}

/** `arn:aws:ecs:eu-central-1:123456789012:cluster/default` */
export function ecsArn({ account, region }: Place, kind: string, ...path: string[]): string {
  return `arn:aws:ecs:${region}:${account}:${[kind, ...path].join('/')}`;
}

/** Id of a task or container: 32 hexadecimal digits. */
export function hexId(): string {
  return randomBytes(16).toString('hex');
}

/** Id of a deployment or revision: 19 digits. */
export function digits(): string {
  const part = () =>
    randomInt(10 ** 9)
      .toString()
      .padStart(9, '0');
  return `${randomInt(1, 10)}${part()}${part()}`;
}

/** What stands behind the last slash of an ARN, or all of a name. */
export function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
