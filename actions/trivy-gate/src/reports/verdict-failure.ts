import { Failure } from '@slipway/shared/failure/failure';
import { severities } from '../findings/finding.ts';
import type { AllowEntry } from '../policy/policy.ts';
import type { Verdict } from '../verdict/judge.ts';

/**
 * Why a verdict is red, with everything that is against the image; undefined when nothing is. An
 * expired allowlist is red as well, on an image that has none of its findings any more.
 */
export function verdictFailure(image: string, verdict: Verdict): Failure | undefined {
  const failures = [
    ...blockedBy(image, verdict),
    ...(verdict.exceeded.length > 0
      ? [Failure.of('gate/maximum', { image, counts: limits(verdict) })]
      : []),
    ...(verdict.endOfLife.length > 0
      ? [Failure.of('gate/end-of-life', { image, system: verdict.endOfLife.join(', ') })]
      : []),
    ...(verdict.expired.length > 0
      ? [Failure.of('gate/allowlist-expired', { entries: listEntries(verdict.expired) })]
      : []),
  ];
  const [first, ...others] = failures;
  if (!first || others.length === 0) return first;
  return first.followedBy(others.map(({ message }) => message).join('\n'));
}

/** `CVE-2024-1 of team-a (2026-01-31)` */
export function listEntries(entries: readonly AllowEntry[]): string {
  return entries.map(({ expires, id, owner }) => `${id} of ${owner} (${expires})`).join(', ');
}

function blockedBy(image: string, { judged, matrix }: Verdict): Failure[] {
  const [first] = judged;
  if (first?.fate !== 'blocks') return [];
  const on = first.platform === undefined ? '' : ` on ${first.platform}`;
  const counts = severities
    .filter((severity) => matrix[severity].blocking > 0)
    .map((severity) => `${matrix[severity].blocking} ${severity}`);
  const { fixed, id, installed, package: name, path } = first.finding;
  const update = fixed ? `, fixed in ${fixed}` : '';
  const where = name ? `${name} ${installed}`.trim() + update : path;
  return [
    Failure.of('gate/finding', {
      image,
      blocking: counts.join(', '),
      first: `${id} in ${where}${on} (${first.why})`,
    }),
  ];
}

function limits({ exceeded }: Verdict): string {
  return exceeded
    .map(({ count, most, platform, severity }) => {
      const on = platform === undefined ? '' : ` on ${platform}`;
      return `${count} ${severity}${on} where ${most} may be`;
    })
    .join(', ');
}
