import type { EcsApi } from '../api/ecs-api.ts';

/** What old revisions are removed by. */
export interface RevisionCare {
  /** Calls that are throttled have to be repeated by it. */
  api: Pick<EcsApi, 'listTaskDefinitions' | 'deregisterTaskDefinition'>;
  /** Input `keep-revisions`. */
  keep: number;
  say(line: string): void;
}

/** Most pages of 100 that are read: a family of more has nobody who cares. */
const mostPages = 50;
/** ECS lets few be deregistered in a second; the next run does the rest. */
const mostAtOnce = 100;

/**
 * Deregisters the older active revisions of a family. Tasks and services that run one go on: ECS
 * only starts nothing new from it by name.
 * @param used ARNs that are never touched: what serves now, and where a rollback leads
 * @returns ARNs of those that were deregistered
 */
export async function deregisterOldRevisions(
  { api, keep, say }: RevisionCare,
  used: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const family = used.map(familyOf).find((name) => name !== undefined);
  if (family === undefined) return [];
  const active = await activeRevisions(api, family, signal);
  const old = oldRevisions(active, { family, keep, used });
  for (const taskDefinition of old) {
    signal.throwIfAborted();
    await api.deregisterTaskDefinition({ taskDefinition }, signal);
  }
  if (old.length > 0) {
    say(
      `Deregistered ${old.length} old ${old.length === 1 ? 'revision' : 'revisions'} of ${family}`,
    );
  }
  return old;
}

/**
 * Which revisions go: all but the newest ones and those that are used. The used ones count among
 * those that are kept.
 * @param active ARNs in any order
 * @returns oldest first
 */
export function oldRevisions(
  active: readonly string[],
  { family, keep, used }: { family: string; keep: number; used: readonly string[] },
): readonly string[] {
  const own = active.filter((arn) => familyOf(arn) === family);
  const newestFirst = [...new Set(own)].sort((a, b) => revisionOf(b) - revisionOf(a));
  const old = newestFirst.slice(keep).filter((arn) => !used.includes(arn));
  return old.reverse().slice(0, mostAtOnce);
}

async function activeRevisions(
  api: RevisionCare['api'],
  familyPrefix: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const all: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await api.listTaskDefinitions(
      { familyPrefix, status: 'ACTIVE', sort: 'DESC', ...(nextToken && { nextToken }) },
      signal,
    );
    all.push(...(answer.taskDefinitionArns ?? []));
    nextToken = answer.nextToken;
    if (!nextToken) break;
  }
  return all;
}

const arn = /^arn:[^:]+:ecs:[^:]*:\d{12}:task-definition\/([\w-]+):(\d+)$/;

function familyOf(text: string): string | undefined {
  return arn.exec(text)?.[1];
}

function revisionOf(text: string): number {
  return Number(arn.exec(text)?.[2] ?? 0);
}
