import { Failure } from '@slipway/shared/failure/failure';
import { severities } from '../findings/finding.ts';
import type { FailOn } from './fail-on.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import { readTextInput } from './text-input.ts';

/** The inputs that make a policy. */
export interface PolicyInputs {
  workspace: string;
  policy: string | undefined;
  allowlist: string | undefined;
  'fail-on': FailOn | undefined;
  /** Anything, as long as there is one. */
  baseline?: unknown;
}

/**
 * The policy that the inputs describe.
 * @throws Failure `gate/policy-*`, `gate/allowlist-incomplete`, `gate/feed`, `gate/baseline-missing`
 */
export async function loadPolicy(inputs: PolicyInputs): Promise<Policy> {
  const { workspace } = inputs;
  if (!inputs.policy && !inputs.allowlist && !inputs['fail-on']) return defaultPolicy;
  const { readAllowlist, readPolicy, withFailOn } = await import('./read-policy.ts');
  const written = inputs.policy
    ? await readPolicy(await readTextInput('policy', inputs.policy, workspace))
    : defaultPolicy;
  const more = inputs.allowlist
    ? await readAllowlist(await readTextInput('allowlist', inputs.allowlist, workspace))
    : [];
  const policy = { ...written, allow: [...written.allow, ...more] };
  if (inputs.baseline === undefined) mustNotCompare(policy, 'Input baseline is not given');
  return inputs['fail-on'] ? withFailOn(policy, inputs['fail-on']) : policy;
}

/**
 * Refuses limits that only a baseline gives, where there is none: they would not hold at all.
 * @param missing why there is none, as the beginning of a sentence
 * @throws Failure `gate/baseline-missing`
 */
export function mustNotCompare({ maximum }: Policy, missing: string): void {
  const limited = severities.filter((severity) => maximum[severity] === 'baseline');
  if (limited.length === 0) return;
  throw Failure.of('gate/baseline-missing', { missing, limited: limited.join(', ') });
}
