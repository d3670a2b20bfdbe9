import { codeSpan, escapeMarkdown, table } from '@slipway/shared/action/markdown';
import type { PlanFacts } from '@slipway/shared/deploy/target';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { FoundProject } from './compose/adopted.ts';
import type { CurrentLink } from './host/current-link.ts';
import type { ReleaseId } from './host/release-id.ts';

/** A plan that knows its release and the one that a rollback restores. */
export interface HostPlan extends PlanFacts {
  release: ReleaseId;
  /** The release that a rollback restores; undefined when there is none. */
  previousRelease: ReleaseId | undefined;
  /** Restores what was there and no run of ours has proven; undefined where a release is restored. */
  adopted?: Adopted;
}

/** What serves on a host, or lies in the way, that no run of ours has made. */
export interface Adopted {
  link: CurrentLink;
  /** In mode `compose`. */
  project?: FoundProject;
}

/** How a host ended. */
export type HostStatus =
  | 'deployed'
  | 'unchanged'
  | 'untouched'
  | 'rolled-back'
  | 'removed'
  | 'failed'
  | 'unreachable';

/** One host's verdict, an item of the output `hosts`. */
export interface HostVerdict {
  /** `user@host:path` */
  host: string;
  status: HostStatus;
  /** Release that serves; empty when nothing does, or nobody knows. */
  release: string;
  /** Image that serves, by digest; empty as `release`. */
  image: string;
  /** What went wrong on this host; empty when nothing did. */
  error: string;
}

/** What is known of a host at the end. */
export interface HostFacts {
  plan: HostPlan | undefined;
  /** It was switched, or it was tried to. */
  touched: boolean;
  /** It was proven to serve the new version. */
  proven: boolean;
  /** The rollback on it was proven. */
  restored: boolean;
  error: unknown;
}

/** Says how a host ended. */
export function verdictOf(host: string, facts: HostFacts): HostVerdict {
  const { plan, touched, proven, restored } = facts;
  const error = facts.error === undefined ? '' : messageOf(facts.error);
  const before = { release: plan?.previousRelease ?? '', image: plan?.previousImage ?? '' };
  const nothing = { release: '', image: '' };
  if (!plan) return { host, status: withoutPlan(facts.error), ...nothing, error };
  if (restored) {
    return {
      host,
      status: plan.rollback.to === 'nothing' ? 'removed' : 'rolled-back',
      ...before,
      error,
    };
  }
  if (!touched) return { host, status: error ? 'failed' : 'untouched', ...before, error };
  if (!proven || error) return { host, status: 'failed', ...nothing, error };
  const status = plan.diff.length === 0 ? 'unchanged' : 'deployed';
  return { host, status, release: plan.release, image: plan.image, error };
}

function withoutPlan(error: unknown): HostStatus {
  if (error === undefined) return 'untouched';
  const away = error instanceof Failure && /^ssh\/(?:unreachable|lost)/.test(error.code);
  return away ? 'unreachable' : 'failed';
}

/** The verdicts as a part of the job summary; nothing for a single host, which is the title. */
export function hostsSummary(verdicts: readonly HostVerdict[]): string {
  if (verdicts.length < 2) return '';
  const rows = verdicts.map(({ host, status, release, error }) => [
    codeSpan(host),
    status,
    release ? codeSpan(release) : '',
    escapeMarkdown(error),
  ]);
  return `\n### Hosts\n\n${table(['host', 'verdict', 'serves', ''], rows)}\n`;
}
