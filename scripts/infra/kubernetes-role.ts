import { type Need, needs } from '../../actions/deploy-k8s/src/check/needs.ts';

/** Rows of the README: what a deployment needs, why, and when. */
export function needsTable(): string {
  const rows = needs.map(({ group, isOfCluster, isOptional, resource, verbs, where, why }) => {
    const name = group === '' ? resource : `${resource}.${group}`;
    const place = isOfCluster ? ', in the whole cluster' : '';
    const needed = isOptional ? 'no' : where ? `where ${where}` : '**yes**';
    return `| \`${name}\`${place} | ${verbs.join(', ')} | ${why} | ${needed} |`;
  });
  return ['| resource | verbs | needed | must |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The Role of the deploying identity, and the ClusterRole for what is asked for in the whole cluster. */
export function kubernetesRole(): string {
  return [
    '# Generated from actions/deploy-k8s/src/check/needs.ts by `make generate`.',
    '# What a rule is for stands above it; leave out what your deployments do not do.',
    ...role('Role', 'slipway-deploy', (need) => !need.isOfCluster),
    '---',
    ...role('ClusterRole', 'slipway-deploy-nodes', (need) => need.isOfCluster === true),
    '',
  ].join('\n');
}

function role(kind: string, name: string, isMeant: (need: Need) => boolean): readonly string[] {
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}`,
    'metadata:',
    `  name: ${name}`,
    'rules:',
    ...needs.filter(isMeant).flatMap((need) => [`  # ${reasonOf(need)}`, ...rule(need)]),
  ];
}

function reasonOf({ isOptional, where, why }: Need): string {
  const when = where === undefined ? '' : `; where ${where.replaceAll('`', '')}`;
  return `${why.replaceAll('`', '')}${when}${isOptional ? '; a run can do without' : ''}`;
}

function rule({ group, resource, verbs }: Need): readonly string[] {
  return [
    `  - apiGroups: ["${group}"]`,
    `    resources: [${resource}]`,
    `    verbs: [${verbs.join(', ')}]`,
  ];
}
