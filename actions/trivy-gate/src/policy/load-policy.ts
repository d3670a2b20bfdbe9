import type { FailOn } from './fail-on.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import { readTextInput } from './text-input.ts';

/** The inputs that make a policy. */
export interface PolicyInputs {
  workspace: string;
  policy: string | undefined;
  allowlist: string | undefined;
  'fail-on': FailOn | undefined;
}

/**
 * The policy that the inputs describe.
 * @throws Failure `gate/policy-*`, `gate/allowlist-incomplete`, `gate/feed`
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
  return inputs['fail-on'] ? withFailOn(policy, inputs['fail-on']) : policy;
}
