import type { ActionFile } from './action-file.ts';

/** An input of a deploy action, as its workflows offer it. */
export interface TargetInput {
  name: string;
  description: string;
  required: boolean;
  /** Name of the workflow secret that it comes from; undefined for a plain input. */
  secret: string | undefined;
}

// The one rule: an input whose name ends in one of these words is a secret. A table test asks the
// parsers of the action, which know what they mask.
const secretName = /(?:^|-)(?:key|passphrase|password|token|secrets|secret|kubeconfig)$/;

// Those that mean the same to every target keep their name; the others get the target's in front.
const common = ['registry-password', 'secrets', 'grafana-token'];

/** True when the input of this name holds a secret. */
export function isSecret(name: string): boolean {
  return secretName.test(name);
}

/** Name of the workflow secret for an input, one that GitHub can store: `SSH_PRIVATE_KEY`. */
export function secretFor(target: string, name: string): string {
  const full = common.includes(name) ? name : `${target}-${name}`;
  return full.replaceAll('-', '_').toUpperCase();
}

/** All inputs of a deploy action, in their order. */
export function targetInputs(target: string, action: ActionFile): TargetInput[] {
  // What a settings file may give need not be given by a caller: the action says what is missing.
  const fromFile = action.inputs?.['settings'] !== undefined;
  return Object.entries(action.inputs ?? {}).map(([name, { description, required, ...rest }]) => ({
    name,
    description: withDefault(description, rest.default),
    required: required === true && !fromFile,
    secret: isSecret(name) ? secretFor(target, name) : undefined,
  }));
}

// The workflow hands on what its caller gave and nothing else: the action knows its own defaults, and a
// settings file counts only where nothing was given.
function withDefault(description: string, value = ''): string {
  if (value === '' || value.includes('${{')) return description;
  return `${description} Default is \`${value}\`.`;
}
