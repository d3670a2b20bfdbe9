import type { Need } from '../service.ts';

/** The permission to give roles to ECS or a task, for each role that a request names. */
export function passRoles(...roles: readonly (string | undefined)[]): Need[] {
  return [...new Set(roles)].flatMap((resource) =>
    resource ? { action: 'iam:PassRole', resource } : [],
  );
}

/**
 * The permission that a request with tags needs beside its own.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
 */
export function tagging(tags: readonly unknown[] | undefined, resource: string): Need[] {
  return tags?.length ? [{ action: 'ecs:TagResource', resource }] : [];
}
