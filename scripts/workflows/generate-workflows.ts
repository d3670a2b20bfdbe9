import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ActionFile, WorkflowFile, WorkflowInput } from './action-file.ts';
import {
  expression,
  known,
  type Lines,
  placeLines,
  stagingPlaceLines,
  withLines,
} from './job-lines.ts';
import { type TargetInput, targetInputs } from './target-inputs.ts';

const template = (name: string) =>
  readFileSync(join(import.meta.dirname, `${name}.yml.template`), 'utf8');

// What ship-<target>.yml decides by itself, or what deploys something else than the image it built.
const notInShip = [
  'image',
  'dry-run',
  'release',
  'mode',
  'commit',
  'deploy-key',
  'token',
  'submodules',
  'shared',
];

// Who deploys to a cloud may push the image elsewhere, or as another identity. These inputs are the
// deploy's; build and tag have their own, and else the deploy's where the image is in that cloud. A
// region of the deploy says nothing of the registry, whose host has its own.
const inEcr = "contains(inputs.image, '.dkr.ecr.') || contains(inputs.image, 'public.ecr.aws/')";
const inAcr = "contains(inputs.image, '.azurecr.')";
const identities: Readonly<Record<string, string>> = {
  'aws-role': inEcr,
  'aws-region': '',
  'azure-client-id': inAcr,
  'azure-tenant-id': inAcr,
};

const ownInputs: Record<string, WorkflowInput> = {
  environment: {
    description: 'Environment of the repository; its protection rules and its secrets hold.',
    type: 'string',
    default: 'production',
  },
  runner: { description: 'Label of the runner.', type: 'string', default: 'ubuntu-latest' },
  'timeout-minutes': {
    description:
      "Limit of the job. What hangs ends before it, by the limits of the action; this is GitHub's own limit unless you lower it.",
    type: 'number',
    default: 360,
  },
};

// Only ship-<target>.yml has it. Nothing that says where production is may reach staging, so that its
// deploy gets what is named here, and all else from its own file.
const staging = {
  inputs: {
    staging: {
      description:
        'Path of a settings file of the deploy action, such as `deploy/staging.yml`, for an environment that has to be proven before the other one is touched. All that it needs is in that file, but for the image, `expect`, `grafana-url` and the secrets.',
      type: 'string',
      default: '',
    },
    'staging-environment': {
      description: 'Environment of the repository for `staging`.',
      type: 'string',
      default: 'staging',
    },
  },
  handedOn: ['settings', 'expect', 'grafana-url', 'grafana-environment', 'registry-username'],
  names: { settings: 'inputs.staging', 'grafana-environment': 'inputs.staging-environment' },
} as const;

/** The text of `deploy-<target>.yml`: every input of the action, and where it runs. */
export function deployWorkflow(target: string, action: ActionFile): string {
  const inputs = targetInputs(target, action);
  const plain = inputs.filter(({ secret }) => secret === undefined);
  return fill(template('deploy'), {
    target: [target],
    inputs: inputLines({ ...asInputs(plain), ...ownInputs }),
    secrets: secretLines(secretsOf(inputs)),
    outputs: outputLines(action, Object.keys(action.outputs ?? {})),
    place: placeLines(inputs, action),
    with: withLines(inputs, 'inputs.image'),
  });
}

/** Inputs that say the same to build and to deploy. */
const alike = ['registry-username'];

/** The text of `ship-<target>.yml`: build.yml, then the deploy, then tag.yml. */
export function shipWorkflow(
  target: string,
  action: ActionFile,
  { build, tag }: { build: WorkflowFile; tag: WorkflowFile },
): string {
  const inputs = targetInputs(target, action).filter(({ name }) => !notInShip.includes(name));
  const plain = inputs.filter(({ secret }) => secret === undefined);
  const [called, tagged] = [build.on.workflow_call, tag.on.workflow_call];
  const toBuild = omit(called.inputs, ['move-tags', 'from']);
  const toTag = omit(tagged.inputs, ['from', 'version']);
  const version = { ...called.inputs['version'], default: 'true' };
  const both = Object.keys(toBuild).filter(
    (name) => name in identities && plain.some((own) => own.name === name),
  );
  const twofold = plain.filter(
    ({ name }) => name in toBuild && !(name in identities) && !alike.includes(name),
  );
  if (twofold.length > 0) {
    const names = twofold.map(({ name }) => name).join(', ');
    throw new Error(
      `ship-${target}.yml: ${names} would mean one thing to build and another to deploy`,
    );
  }
  const building = Object.entries(toBuild).map(([name, input]) =>
    both.includes(name)
      ? ([
          `build-${name}`,
          { ...input, description: `For build and tag: ${input.description}` },
        ] as const)
      : ([name, input] as const),
  );
  const toRegistry = (name: string) => (both.includes(name) ? asBuild(name) : handOn(name));
  const outputs = Object.keys(action.outputs ?? {}).filter((name) => !notInShip.includes(name));
  return fill(template('ship'), {
    target: [target],
    inputs: inputLines({
      ...Object.fromEntries(building),
      version: { type: 'string', description: '', ...version },
      ...omit(
        asInputs(plain),
        building.map(([name]) => name),
      ),
      ...omit(toTag, Object.keys(toBuild)),
      ...staging.inputs,
      ...ownInputs,
    }),
    secrets: secretLines({ ...secretsOf(inputs), ...called.secrets, ...tagged.secrets }),
    outputs: outputLines(action, outputs),
    place: placeLines(inputs, action),
    with: withLines(inputs, 'needs.build.outputs.image'),
    'staging-place': stagingPlaceLines(inputs),
    'staging-with': withLines(
      inputs.filter(({ name, secret }) => secret || staging.handedOn.some((one) => one === name)),
      'needs.build.outputs.image',
      staging.names,
    ),
    'build-with': Object.keys(toBuild).map(toRegistry),
    'build-secrets': Object.keys(called.secrets ?? {}).map(handOnSecret),
    'tag-with': Object.keys(toTag).map(toRegistry),
    'tag-secrets': Object.keys(tagged.secrets ?? {}).map(handOnSecret),
  });
}

const handOn = (name: string) => `${name}: ${expression(`inputs.${name}`)}`;
const asBuild = (name: string) => {
  const given = `inputs.build-${name}`;
  const place = identities[name];
  return `${name}: ${expression(place ? `${given} || (${place}) && inputs.${name} || ''` : given)}`;
};
const handOnSecret = (name: string) => `${name}: ${expression(`secrets.${name}`)}`;

function asInputs(inputs: readonly TargetInput[]): Record<string, WorkflowInput> {
  return Object.fromEntries(
    inputs
      .filter(({ name }) => !(name in known))
      .map(({ name, description, required }) => [
        name,
        { description, type: 'string', ...(required ? { required } : { default: '' }) },
      ]),
  );
}

function secretsOf(inputs: readonly TargetInput[]): Record<string, { description: string }> {
  return Object.fromEntries(
    inputs.flatMap(({ secret, description }) => (secret ? [[secret, { description }]] : [])),
  );
}

function inputLines(inputs: Readonly<Record<string, WorkflowInput>>): Lines {
  return Object.entries(inputs).flatMap(([name, { description, required, type, ...rest }]) => [
    `${name}:`,
    `  description: ${scalar(description)}`,
    ...(required ? ['  required: true'] : []),
    `  type: ${type}`,
    ...(rest.default === undefined ? [] : [`  default: ${scalar(rest.default)}`]),
  ]);
}

// Never required: a secret of the environment is not there yet when the caller is checked.
function secretLines(secrets: Readonly<Record<string, { description: string }>>): Lines {
  return Object.entries(secrets).flatMap(([name, { description }]) => [
    `${name}:`,
    `  description: ${scalar(description)}`,
    '  required: false',
  ]);
}

function outputLines({ outputs = {} }: ActionFile, names: Lines): Lines {
  return names.flatMap((name) => [
    `${name}:`,
    `  description: ${scalar(outputs[name]?.description ?? '')}`,
    `  value: ${expression(`jobs.deploy.outputs.${name}`)}`,
  ]);
}

/** Puts lines in place of `%name%`; one that stands alone gives its indentation to all of them. */
function fill(text: string, parts: Readonly<Record<string, Lines>>): string {
  const blocks = text.replaceAll(/^( *)%([a-z-]+)%\n/gm, (_, indent: string, name: string) =>
    (parts[name] ?? []).map((line) => `${indent}${line}\n`).join(''),
  );
  return blocks.replaceAll(/%([a-z-]+)%/g, (whole, name: string) => parts[name]?.join('') ?? whole);
}

function omit<T>(record: Readonly<Record<string, T>>, names: Lines): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

function scalar(value: string | number): string {
  return stringify(value, { lineWidth: 0, blockQuote: false }).trimEnd();
}
