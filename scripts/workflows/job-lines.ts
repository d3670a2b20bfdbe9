import type { ActionFile } from './action-file.ts';
import type { TargetInput } from './target-inputs.ts';

/** Lines of a workflow, without their indentation. */
export type Lines = readonly string[];

// Inputs that say where a deploy goes.
const places = [
  'settings',
  'hosts',
  'path',
  'cluster',
  'service',
  'resource-group',
  'name',
  'namespace',
  'workload',
];

/** What the workflow knows by itself, so that nobody has to say it twice. */
export const known: Readonly<Record<string, string>> = {
  'grafana-environment': 'inputs.environment',
};

/** An expression of GitHub. */
export const expression = (text: string) => `\${{ ${text} }}`;

/** Where and with which rights the deploy of a target runs, and what it says. */
export function placeLines(inputs: readonly TargetInput[], { outputs = {} }: ActionFile): Lines {
  return [
    ...roomLines('inputs.environment', [
      '# A deploy in flight is never cancelled, and the next one waits for it. Only one can wait: when a',
      '# third comes, GitHub cancels the older one of the two that would wait.',
      'concurrency:',
      `  group: ${groupOf(inputs)}`,
    ]),
    ...permissionLines(inputs),
    'outputs:',
    ...Object.keys(outputs).map(
      (name) => `  ${name}: ${expression(`steps.deploy.outputs.${name}`)}`,
    ),
  ];
}

/** The same for the deploy to staging, which nobody needs to hear of. */
export function stagingPlaceLines(inputs: readonly TargetInput[]): Lines {
  const group = ['inputs.staging-environment', 'inputs.staging'].map(expression).join('-');
  const concurrency = ['concurrency:', `  group: slipway-deploy-${group}`];
  return [...roomLines('inputs.staging-environment', concurrency), ...permissionLines(inputs)];
}

function roomLines(environment: string, concurrency: Lines): Lines {
  return [
    `runs-on: ${expression('inputs.runner')}`,
    `timeout-minutes: ${expression('inputs.timeout-minutes')}`,
    'environment:',
    `  name: ${expression(environment)}`,
    `  url: ${expression('steps.deploy.outputs.url')}`,
    ...concurrency,
    '  cancel-in-progress: false',
    'permissions:',
  ];
}

// Two deploys to the same place wait for each other, others do not. GitHub takes 400 characters for the
// name of a group, and a list may have any length, so a list is `several`: in JSON its breaks are `\n`.
function groupOf(inputs: readonly TargetInput[]): string {
  const parts = inputs
    .filter(({ name }) => places.includes(name))
    .map(({ name }) =>
      expression(`contains(toJSON(inputs.${name}), '\\n') && 'several' || inputs.${name}`),
    );
  return [`slipway-deploy-${expression('inputs.environment')}`, ...parts].join('-');
}

function permissionLines(inputs: readonly TargetInput[]): Lines {
  const has = (...names: string[]) => inputs.some(({ name }) => names.includes(name));
  return [
    '  contents: read # checkout, and reading tags and commits',
    ...(has('registry-password') ? ['  packages: read # pull from ghcr.io'] : []),
    ...(has('aws-role', 'azure-client-id')
      ? ['  id-token: write # log in to the cloud without a password']
      : []),
  ];
}

/**
 * What a deploy action is given.
 * @param names expressions in place of the inputs and secrets of the same name
 */
export function withLines(
  inputs: readonly TargetInput[],
  image: string,
  names: Readonly<Record<string, string>> = known,
): Lines {
  const onGhcr = `startsWith(${image}, 'ghcr.io/')`;
  const fallbacks: Readonly<Record<string, string>> = {
    'registry-username': ` || (${onGhcr} && github.actor) || ''`,
    'registry-password': ` || (${onGhcr} && github.token) || ''`,
  };
  const has = (name: string) => inputs.some((input) => input.name === name);
  return inputs.map(({ name, secret }) => {
    // A secret that came with all the others asks for nothing by itself.
    if (name === 'grafana-token') {
      const asked = ['grafana-url', 'settings']
        .filter(has)
        .map((one) => `${names[one] ?? `inputs.${one}`} != ''`);
      return `${name}: ${expression(`(${asked.join(' || ')}) && secrets.${secret} || ''`)}`;
    }
    const given = names[name] ?? (secret ? `secrets.${secret}` : `inputs.${name}`);
    return `${name}: ${expression(`${given}${fallbacks[name] ?? ''}`)}`;
  });
}
