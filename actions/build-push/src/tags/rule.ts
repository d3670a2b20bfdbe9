import type { Template } from './template.ts';

/** Condition of a rule; undefined when `enable=` is not written. */
export type Enable = boolean | 'is_default_branch' | 'is_not_default_branch' | undefined;

/** What every rule has. */
export interface AnyRule {
  /** Line of the text, from 1. */
  line: number;
  /** The line as written. */
  text: string;
  enable: Enable;
  /** Higher comes first; the first tag is the version. */
  priority: number;
  prefix: Template;
  suffix: Template;
  /** False when the rule says `latest=false`: then no rule brings the automatic `latest`. */
  latest: boolean;
}

/** A version out of the Git tag, or out of `value` when that is not empty. */
export interface VersionRule extends AnyRule {
  type: 'semver' | 'pep440';
  pattern: Template;
  value: Template;
  /** Its first group is the version. */
  match: RegExp | undefined;
}

/** Part of the Git tag, or of `value` when that is not empty. */
export interface MatchRule extends AnyRule {
  type: 'match';
  pattern: RegExp;
  group: number;
  value: Template;
}

export interface ScheduleRule extends AnyRule {
  type: 'schedule';
  pattern: Template;
}

export interface EdgeRule extends AnyRule {
  type: 'edge';
  /** Empty: the default branch. */
  branch: string;
}

export interface RefRule extends AnyRule {
  type: 'ref';
  event: RefEvent;
}

export interface RawRule extends AnyRule {
  type: 'raw';
  value: Template;
}

export interface ShaRule extends AnyRule {
  type: 'sha';
  format: ShaFormat;
}

export type Rule = ScheduleRule | VersionRule | MatchRule | EdgeRule | RefRule | RawRule | ShaRule;

export type RuleType = Rule['type'];
export type RefEvent = 'branch' | 'tag' | 'pr';
export type ShaFormat = 'short' | 'long';

interface RuleSyntax {
  priority: number;
  /** Beside `type`, `enable`, `priority`, `prefix` and `suffix`. */
  attributes: readonly string[];
  prefix: string;
  example: string;
}

/**
 * What each type of rule takes. Names, priorities and prefixes are those of docker/metadata-action
 * v6; `latest` is ours, in place of its `flavor` input.
 */
export const syntax: Readonly<Record<RuleType, RuleSyntax>> = {
  schedule: {
    priority: 1000,
    attributes: ['pattern'],
    prefix: '',
    example: 'type=schedule,pattern=nightly',
  },
  semver: {
    priority: 900,
    attributes: ['pattern', 'value', 'match', 'latest'],
    prefix: '',
    example: 'type=semver,pattern={{version}}',
  },
  pep440: {
    priority: 900,
    attributes: ['pattern', 'value', 'match', 'latest'],
    prefix: '',
    example: 'type=pep440,pattern={{version}}',
  },
  match: {
    priority: 800,
    attributes: ['pattern', 'group', 'value', 'latest'],
    prefix: '',
    example: 'type=match,pattern=v(.*),group=1',
  },
  edge: { priority: 700, attributes: ['branch'], prefix: '', example: 'type=edge,branch=main' },
  ref: {
    priority: 600,
    attributes: ['event', 'latest'],
    prefix: '',
    example: 'type=ref,event=branch',
  },
  raw: { priority: 200, attributes: ['value'], prefix: '', example: 'type=raw,value=stable' },
  sha: { priority: 100, attributes: ['format'], prefix: 'sha-', example: 'type=sha,format=long' },
};

/** True for the name of a type. */
export function isRuleType(text: string | undefined): text is RuleType {
  return text !== undefined && Object.hasOwn(syntax, text);
}
