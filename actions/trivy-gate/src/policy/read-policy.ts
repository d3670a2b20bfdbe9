import { Failure } from '@slipway/shared/failure/failure';
import { checkShape } from './check-shape.ts';
import type { FailOn } from './fail-on.ts';
import { type AllowEntry, defaultPolicy, type Policy } from './policy.ts';
import { allowlistSchema, type PolicyText, policySchema } from './schema.ts';
import type { NamedText } from './text-input.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';

/**
 * Reads a policy. What it leaves out is as in the default policy.
 * @throws Failure `gate/policy-*`, `gate/allowlist-incomplete`
 */
export async function readPolicy(source: NamedText): Promise<Policy> {
  const document = await readYaml('policy', source);
  if (document.value === undefined) return defaultPolicy;
  mustBeMap(document);
  return policyOf(checkShape(policySchema, document));
}

/**
 * Reads an allowlist: a list of entries, or a map with it under `allow`. An empty one allows nothing.
 * @throws Failure `gate/policy-*`, `gate/allowlist-incomplete`
 */
export async function readAllowlist(source: NamedText): Promise<AllowEntry[]> {
  const document = await readYaml('allowlist', source);
  if (document.value === undefined) return [];
  if (Array.isArray(document.value)) return checkShape(allowlistSchema, document);
  mustBeMap(document);
  const { allow = [], ...others } = checkShape(policySchema, document);
  const [other] = Object.keys(others);
  if (other !== undefined) {
    const problems = `${document.place([other])}: ${other} belongs into the policy; an allowlist only has allow.`;
    throw Failure.of('gate/policy-key', { problems });
  }
  return allow;
}

/** A policy in which the short input decides what fails; everything else stays. */
export function withFailOn(policy: Policy, failOn: FailOn): Policy {
  const { atLeast, knownExploited, ...rules } = failOn;
  const need = (feed: string, word: string): never => {
    const said = `${word} in fail-on needs ${feed} with a feed in the policy`;
    throw Failure.of('gate/feed', { feed, said });
  };
  if (knownExploited && !policy.knownExploited) need('known-exploited', 'kev');
  const prediction = policy.exploitPrediction;
  if (atLeast !== undefined && !prediction) need('exploit-prediction', 'epss');
  return {
    ...policy,
    ...rules,
    licenses: { ...policy.licenses, from: failOn.licenses },
    knownExploited: knownExploited ? policy.knownExploited : undefined,
    exploitPrediction: atLeast !== undefined && prediction ? { ...prediction, atLeast } : undefined,
  };
}

function policyOf(text: PolicyText): Policy {
  const { 'exploit-prediction': prediction, licenses, severities: blocks = {} } = text;
  const usual = defaultPolicy.severities;
  return {
    severities: {
      critical: blocks.critical ?? usual.critical,
      high: blocks.high ?? usual.high,
      medium: blocks.medium ?? usual.medium,
      low: blocks.low ?? usual.low,
      unknown: blocks.unknown ?? usual.unknown,
    },
    graceDays: text['grace-days'] ?? {},
    maximum: text.maximum ?? {},
    packages: text.packages ?? [],
    secrets: text.secrets ?? defaultPolicy.secrets,
    misconfigurations: text.misconfigurations ?? defaultPolicy.misconfigurations,
    licenses: {
      from: licenses?.from ?? defaultPolicy.licenses.from,
      deny: licenses?.deny ?? [],
      allow: licenses?.allow ?? [],
    },
    knownExploited: text['known-exploited'],
    exploitPrediction: prediction && { ...prediction, atLeast: prediction['at-least'] },
    endOfLife: text['end-of-life'] ?? defaultPolicy.endOfLife,
    allow: text.allow ?? [],
    allowWarnDays: text['allow-warn-days'] ?? defaultPolicy.allowWarnDays,
  };
}

function mustBeMap(document: YamlDocument): void {
  if (typeof document.value === 'object' && !Array.isArray(document.value)) return;
  const problems = `${document.place([])}: it is not a map of keys, such as severities: { high: fixed }.`;
  throw Failure.of('gate/policy-type', { problems });
}
