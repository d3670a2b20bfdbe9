/** What a deploy action may call of a cloud: an entry of its `permissions.json`. */
export interface Permission {
  /** `ecs:DescribeServices`, `Microsoft.ContainerInstance/containerGroups/read` */
  action: string;
  why: string;
  /** Whether the action can do its work without it, and says so once. */
  optional: boolean;
  /** Kinds of resources that the cloud checks it against, names in `infra/<module>/deploy-role.tf`. */
  resources: readonly string[];
}

/** A deploy action, and the Terraform module with the role that may do what it calls. */
export interface DeployRole {
  action: string;
  module: string;
  /** Who checks what the role may do. */
  checkedBy: string;
}

/** Each role that is made from an action's list. */
export const deployRoles: readonly DeployRole[] = [
  { action: 'deploy-ecs', module: 'aws', checkedBy: 'IAM' },
  { action: 'deploy-aci', module: 'azure', checkedBy: 'Azure' },
];

/** Where an action has its list. */
export function permissionsOf({ action }: DeployRole): string {
  return `actions/${action}/src/api/permissions.json`;
}

/** The text of `infra/<module>/deploy-permissions.tf`: the list as Terraform reads it. */
export function deployPermissions(role: DeployRole, permissions: readonly Permission[]): string {
  const rows = permissions.map(({ action, why, optional, resources }) => ({
    action: `"${action}"`,
    kinds: `[${resources.map((kind) => `"${kind}"`).join(', ')}]`,
    why: `# ${why.replaceAll(/\s+/g, ' ')}${optional ? '' : ' (always needed)'}`,
  }));
  // As `terraform fmt` has it.
  const [actions, kinds] = [
    widest(rows.map((row) => row.action)),
    widest(rows.map((row) => row.kinds)),
  ];
  const lines = rows.map(
    (row) => `    ${row.action.padEnd(actions)} = ${row.kinds.padEnd(kinds)} ${row.why}\n`,
  );
  return `# Generated from ${permissionsOf(role)} by \`make generate\`.

# What ${role.action} calls, and the kinds of resources that ${role.checkedBy} checks it against (deploy-role.tf).
locals {
  deploy_permissions = {
${lines.join('')}  }
}
`;
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}
