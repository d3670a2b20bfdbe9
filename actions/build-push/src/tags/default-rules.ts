import { parseRules } from './parse-rules.ts';
import type { Rule } from './rule.ts';

const always = `
type=schedule
type=ref,event=branch
type=ref,event=pr
type=semver,pattern={{version}}
type=semver,pattern={{major}}.{{minor}}
type=semver,pattern={{major}}
type=sha
type=sha,format=long`;

/**
 * The rules that hold when none is given:
 *
 * | run | tags |
 * |---|---|
 * | branch `feature/x` | `feature-x` |
 * | pull request 7 | `pr-7` |
 * | schedule | `nightly`, and the branch |
 * | Git tag `v1.2.3` | `1.2.3`, `1.2`, `1` (from 1.0.0 on), `latest` |
 * | Git tag `v1.2.3-rc.1` | `1.2.3-rc.1` |
 * | Git tag `spring` | `spring` |
 * | the input `version` says `1.2.3` | those of that Git tag, beside the branch |
 * | any | `sha-860c190`, `sha-` and all 40 digits |
 *
 * Dates and fixed names are kinds of rules, but no defaults: a date says nothing that the commit
 * does not say better, and a fixed name is for the user to choose.
 * @param versioned whether this run has a version
 */
export function defaultRules(versioned: boolean): Rule[] {
  return parseRules(versioned ? always : `${always}\ntype=ref,event=tag`);
}
